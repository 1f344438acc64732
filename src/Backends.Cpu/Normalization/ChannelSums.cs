using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>Sums over the rows of a block for batch normalisation, a column at a time in vectors; runs of 64 rows stay in registers.</summary>
internal static unsafe class ChannelSums
{
    private const int RowsOfRun = 64;

    /// <summary>rests[c] = Σ (x[r, c] - centre[c]), what rounding left of the mean, and squares[c] = Σ (x[r, c] - centre[c])².</summary>
    public static void Centred(float* x, int rows, int channels, float* centre, float* rests, float* squares)
    {
        new Span<float>(rests, channels).Clear();
        new Span<float>(squares, channels).Clear();
        for (int first = 0; first < rows; first += RowsOfRun)
        {
            int end = Math.Min(first + RowsOfRun, rows);
            for (int c = 0; c < channels; c += 8)
            {
                int lanes = Math.Min(8, channels - c);
                Vector256<float> sum = default, square = default, middle = Load(centre + c, lanes);
                for (int row = first; row < end; row++)
                {
                    Vector256<float> d = Load(x + ((nint)row * channels) + c, lanes) - middle;
                    sum += d;
                    square = Vector256.MultiplyAddEstimate(d, d, square);
                }

                Add(sum, rests + c, lanes);
                Add(square, squares + c, lanes);
            }
        }
    }

    /// <summary>sums[c] = Σ dy[r, c] and weighted[c] = Σ dy[r, c]·(x[r, c] - mean[c])·scale[c].</summary>
    public static void Gradients(float* x, float* dy, int rows, int channels, float* mean, float* scale, float* sums, float* weighted)
    {
        new Span<float>(sums, channels).Clear();
        new Span<float>(weighted, channels).Clear();
        for (int first = 0; first < rows; first += RowsOfRun)
        {
            int end = Math.Min(first + RowsOfRun, rows);
            for (int c = 0; c < channels; c += 8)
            {
                int lanes = Math.Min(8, channels - c);
                Vector256<float> sum = default, product = default, middle = Load(mean + c, lanes);
                for (int row = first; row < end; row++)
                {
                    nint at = ((nint)row * channels) + c;
                    Vector256<float> outer = Load(dy + at, lanes);
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
