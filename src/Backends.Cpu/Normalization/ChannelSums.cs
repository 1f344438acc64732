using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Sums over the rows of a block for batch normalisation; runs of 64 rows stay in registers. A line of 16 channels of two rows goes
/// at a time, so that additions need not wait for each other. No caller takes these methods into itself, where not all of what they call would be
/// taken into their loops any more.
/// </summary>
internal static unsafe class ChannelSums
{
    private const int RowsOfRun = 64;

    /// <summary>rests[c] = Σ (x[r, c] - centre[c]), and squares[c] = Σ (x[r, c] - centre[c])².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Centred(float* x, int rows, int channels, float* centre, float* rests, float* squares)
    {
        new Span<float>(rests, channels).Clear();
        new Span<float>(squares, channels).Clear();
        for (int first = 0; first < rows; first += RowsOfRun)
        {
            int count = Math.Min(RowsOfRun, rows - first), c = 0;
            float* run = x + ((nint)first * channels);
            for (; c <= channels - 16; c += 16)
            {
                Vector256<float> sumA = default, sumB = default, sumC = default, sumD = default;
                Vector256<float> squareA = default, squareB = default, squareC = default, squareD = default;
                Vector256<float> low = Vector256.Load(centre + c), high = Vector256.Load(centre + c + 8);
                float* from = run + c;
                for (int row = 1; row < count; row += 2, from += 2 * (nint)channels)
                {
                    Vector256<float> a = Vector256.Load(from) - low, b = Vector256.Load(from + 8) - high;
                    Vector256<float> d = Vector256.Load(from + channels) - low, e = Vector256.Load(from + channels + 8) - high;
                    sumA += a;
                    squareA = Vector256.MultiplyAddEstimate(a, a, squareA);
                    sumB += b;
                    squareB = Vector256.MultiplyAddEstimate(b, b, squareB);
                    sumC += d;
                    squareC = Vector256.MultiplyAddEstimate(d, d, squareC);
                    sumD += e;
                    squareD = Vector256.MultiplyAddEstimate(e, e, squareD);
                }

                if ((count & 1) != 0)
                {
                    Vector256<float> a = Vector256.Load(from) - low, b = Vector256.Load(from + 8) - high;
                    sumA += a;
                    squareA = Vector256.MultiplyAddEstimate(a, a, squareA);
                    sumB += b;
                    squareB = Vector256.MultiplyAddEstimate(b, b, squareB);
                }

                Add(sumA + sumC, rests + c, 8);
                Add(sumB + sumD, rests + c + 8, 8);
                Add(squareA + squareC, squares + c, 8);
                Add(squareB + squareD, squares + c + 8, 8);
            }

            for (; c < channels; c += 8)
            {
                int lanes = Math.Min(8, channels - c);
                Vector256<float> sum = default, square = default, middle = Load(centre + c, lanes);
                for (int row = 0; row < count; row++)
                {
                    Vector256<float> d = Load(run + ((nint)row * channels) + c, lanes) - middle;
                    sum += d;
                    square = Vector256.MultiplyAddEstimate(d, d, square);
                }

                Add(sum, rests + c, lanes);
                Add(square, squares + c, lanes);
            }
        }
    }

    /// <summary>sums[c] = Σ dy[r, c] and weighted[c] = Σ dy[r, c]·(x[r, c] - mean[c])·scale[c].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Gradients(float* x, OuterGradient dy, int rows, int channels, float* mean, float* scale, float* sums, float* weighted)
    {
        new Span<float>(sums, channels).Clear();
        new Span<float>(weighted, channels).Clear();
        for (int first = 0; first < rows; first += RowsOfRun)
        {
            int count = Math.Min(RowsOfRun, rows - first), c = 0;
            nint start = (nint)first * channels;
            for (; c <= channels - 16; c += 16)
            {
                Vector256<float> sumA = default, sumB = default, sumC = default, sumD = default;
                Vector256<float> productA = default, productB = default, productC = default, productD = default;
                Vector256<float> low = Vector256.Load(mean + c), high = Vector256.Load(mean + c + 8);
                float* from = x + start + c;
                OuterGradient outer = dy.Skip(start + c);
                for (int row = 1; row < count; row += 2, from += 2 * (nint)channels, outer = outer.Skip(2 * (nint)channels))
                {
                    Vector256<float> a = outer.Load(0), b = outer.Load(8);
                    Vector256<float> d = outer.Load(channels), e = outer.Load(channels + 8);
                    sumA += a;
                    productA = Vector256.MultiplyAddEstimate(a, Vector256.Load(from) - low, productA);
                    sumB += b;
                    productB = Vector256.MultiplyAddEstimate(b, Vector256.Load(from + 8) - high, productB);
                    sumC += d;
                    productC = Vector256.MultiplyAddEstimate(d, Vector256.Load(from + channels) - low, productC);
                    sumD += e;
                    productD = Vector256.MultiplyAddEstimate(e, Vector256.Load(from + channels + 8) - high, productD);
                }

                if ((count & 1) != 0)
                {
                    Vector256<float> a = outer.Load(0), b = outer.Load(8);
                    sumA += a;
                    productA = Vector256.MultiplyAddEstimate(a, Vector256.Load(from) - low, productA);
                    sumB += b;
                    productB = Vector256.MultiplyAddEstimate(b, Vector256.Load(from + 8) - high, productB);
                }

                Add(sumA + sumC, sums + c, 8);
                Add(sumB + sumD, sums + c + 8, 8);
                Add((productA + productC) * Vector256.Load(scale + c), weighted + c, 8);
                Add((productB + productD) * Vector256.Load(scale + c + 8), weighted + c + 8, 8);
            }

            for (; c < channels; c += 8)
            {
                int lanes = Math.Min(8, channels - c);
                Vector256<float> sum = default, product = default, middle = Load(mean + c, lanes);
                for (int row = 0; row < count; row++)
                {
                    nint at = start + ((nint)row * channels) + c;
                    Vector256<float> outer = lanes == 8 ? dy.Load(at) : dy.Load(at, lanes);
                    sum += outer;
                    product = Vector256.MultiplyAddEstimate(outer, Load(x + at, lanes) - middle, product);
                }

                Add(sum, sums + c, lanes);
                Add(product * Load(scale + c, lanes), weighted + c, lanes);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load(float* from, int lanes) => lanes == 8 ? Vector256.Load(from) : VectorTail.Load(from, lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<float> sum, float* to, int lanes)
    {
        if (lanes == 8)
            (Vector256.Load(to) + sum).Store(to);
        else
            VectorTail.Store(VectorTail.Load(to, lanes) + sum, to, lanes);
    }
}
