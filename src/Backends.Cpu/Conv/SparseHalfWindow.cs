using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>
/// What <see cref="SparseWindow"/> does, for 16 registers of 8 floats: the upper three rows of a window's 4 x 4 input pixels are
/// in twelve of them while the channels pass by that chose the window's upper places, then the lower three. Two rows stay
/// between the halves, and two columns of them between windows.
/// </summary>
internal static unsafe class SparseHalfWindow
{
    /// <summary>How many channels of the input go together, and so how far apart taps are in the kernel.</summary>
    public const int Channels = 8;

    /// <summary>Output channels that go together: bits of a word, whose kernels for one slice of the input take 18 KiB.</summary>
    public const int OutChannels = 64;

    /// <summary>Floats of an output channel's part of a kernel slice.</summary>
    public const int Patch = 9 * Channels;

    /// <summary>Adds the gradient of a row of windows to their input pixels.</summary>
    /// <param name="values">The first window's gradient, from the first of the output channels on.</param>
    /// <param name="places">The windows' <see cref="SparsePlaces"/>.</param>
    /// <param name="stride">Floats between windows of the gradient.</param>
    /// <param name="windows">How many windows.</param>
    /// <param name="kernel">The kernel of these 8 channels, [out][3][3][8].</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="target">The first pixel's first channel of the 8.</param>
    /// <param name="rowStride">Floats between rows of the target.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        float* values, ulong* places, nint stride, int windows, float* kernel, nint channels, float* target, nint rowStride)
    {
        float* row0 = target;
        float* row1 = target + (1 * rowStride);
        float* row2 = target + (2 * rowStride);
        float* row3 = target + (3 * rowStride);
        Vector256<float> p10 = Vector256.Load(row1);
        Vector256<float> p11 = Vector256.Load(row1 + channels);
        Vector256<float> p20 = Vector256.Load(row2);
        Vector256<float> p21 = Vector256.Load(row2 + channels);
        for (int window = 0; window < windows; window++, values += stride, places += SparsePlaces.Words)
        {
            Vector256<float> p12 = Vector256.Load(row1 + (2 * channels));
            Vector256<float> p13 = Vector256.Load(row1 + (3 * channels));
            Vector256<float> p22 = Vector256.Load(row2 + (2 * channels));
            Vector256<float> p23 = Vector256.Load(row2 + (3 * channels));

            // The first row, and later the last one.
            Vector256<float> e0 = Vector256.Load(row0);
            Vector256<float> e1 = Vector256.Load(row0 + channels);
            Vector256<float> e2 = Vector256.Load(row0 + (2 * channels));
            Vector256<float> e3 = Vector256.Load(row0 + (3 * channels));
            Add(places[0], values, kernel, ref e0, ref e1, ref e2, ref p10, ref p11, ref p12, ref p20, ref p21, ref p22);
            Add(places[1], values, kernel, ref e1, ref e2, ref e3, ref p11, ref p12, ref p13, ref p21, ref p22, ref p23);
            e0.Store(row0);
            e1.Store(row0 + channels);
            e2.Store(row0 + (2 * channels));
            e3.Store(row0 + (3 * channels));
            e0 = Vector256.Load(row3);
            e1 = Vector256.Load(row3 + channels);
            e2 = Vector256.Load(row3 + (2 * channels));
            e3 = Vector256.Load(row3 + (3 * channels));
            Add(places[2], values, kernel, ref p10, ref p11, ref p12, ref p20, ref p21, ref p22, ref e0, ref e1, ref e2);
            Add(places[3], values, kernel, ref p11, ref p12, ref p13, ref p21, ref p22, ref p23, ref e1, ref e2, ref e3);
            e0.Store(row3);
            e1.Store(row3 + channels);
            e2.Store(row3 + (2 * channels));
            e3.Store(row3 + (3 * channels));
            p10.Store(row1);
            p11.Store(row1 + channels);
            p20.Store(row2);
            p21.Store(row2 + channels);
            (p10, p11) = (p12, p13);
            (p20, p21) = (p22, p23);
            row0 += 2 * channels;
            row1 += 2 * channels;
            row2 += 2 * channels;
            row3 += 2 * channels;
        }

        p10.Store(row1);
        p11.Store(row1 + channels);
        p20.Store(row2);
        p21.Store(row2 + channels);
    }

    /// <summary>Adds the kernels of some channels to nine pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        ulong places, float* values, float* kernel,
        ref Vector256<float> p00, ref Vector256<float> p01, ref Vector256<float> p02,
        ref Vector256<float> p10, ref Vector256<float> p11, ref Vector256<float> p12,
        ref Vector256<float> p20, ref Vector256<float> p21, ref Vector256<float> p22)
    {
        for (; places != 0; places &= places - 1)
        {
            nint channel = BitOperations.TrailingZeroCount(places);
            Vector256<float> value = Vector256.Create(values[channel]);
            float* k = kernel + (channel * Patch);
            p00 = Vector256.MultiplyAddEstimate(value, Vector256.Load(k), p00);
            p01 = Vector256.MultiplyAddEstimate(value, Vector256.Load(k + (1 * Channels)), p01);
            p02 = Vector256.MultiplyAddEstimate(value, Vector256.Load(k + (2 * Channels)), p02);
            p10 = Vector256.MultiplyAddEstimate(value, Vector256.Load(k + (3 * Channels)), p10);
            p11 = Vector256.MultiplyAddEstimate(value, Vector256.Load(k + (4 * Channels)), p11);
            p12 = Vector256.MultiplyAddEstimate(value, Vector256.Load(k + (5 * Channels)), p12);
            p20 = Vector256.MultiplyAddEstimate(value, Vector256.Load(k + (6 * Channels)), p20);
            p21 = Vector256.MultiplyAddEstimate(value, Vector256.Load(k + (7 * Channels)), p21);
            p22 = Vector256.MultiplyAddEstimate(value, Vector256.Load(k + (8 * Channels)), p22);
        }
    }
}
