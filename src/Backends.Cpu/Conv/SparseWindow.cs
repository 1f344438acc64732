using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The micro-kernel of the input gradient for 3 x 3 kernels, 16 channels at a time: the 4 x 4 input pixels under one pooling
/// window are in 16 of 32 registers while the channels pass by that chose each of the window's four places, nine multiply-adds a
/// channel. Windows follow each other along a row, and the two columns that neighbours share stay in registers; so a pixel of
/// the gradient is read and written once a row. Which channels chose a place is a word of bits: nothing is listed, and the kernels
/// of 32 channels stay in L1.
/// </summary>
internal static unsafe class SparseWindow
{
    /// <summary>How many channels of the input go together, and so how far apart taps are in the kernel.</summary>
    public const int Channels = 16;

    /// <summary>Output channels that go together: bits of a word, whose kernels for one slice of the input take 18 KiB.</summary>
    public const int OutChannels = 32;

    /// <summary>Floats of an output channel's part of a kernel slice.</summary>
    public const int Patch = 9 * Channels;

    /// <summary>Adds the gradient of a row of windows to their input pixels.</summary>
    /// <param name="values">The first window's gradient, from the first of the output channels on.</param>
    /// <param name="places">The windows' <see cref="SparsePlaces"/>.</param>
    /// <param name="stride">Floats between windows of the gradient.</param>
    /// <param name="windows">How many windows.</param>
    /// <param name="kernel">The kernel of these 16 channels, [out][3][3][16].</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="target">The first pixel's first channel of the 16.</param>
    /// <param name="rowStride">Floats between rows of the target.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        float* values, ulong* places, nint stride, int windows, float* kernel, nint channels, float* target, nint rowStride)
    {
        float* row0 = target;
        float* row1 = target + (1 * rowStride);
        float* row2 = target + (2 * rowStride);
        float* row3 = target + (3 * rowStride);
        Vector512<float> p00 = Vector512.Load(row0);
        Vector512<float> p01 = Vector512.Load(row0 + channels);
        Vector512<float> p10 = Vector512.Load(row1);
        Vector512<float> p11 = Vector512.Load(row1 + channels);
        Vector512<float> p20 = Vector512.Load(row2);
        Vector512<float> p21 = Vector512.Load(row2 + channels);
        Vector512<float> p30 = Vector512.Load(row3);
        Vector512<float> p31 = Vector512.Load(row3 + channels);
        for (int window = 0; window < windows; window++, values += stride, places += SparsePlaces.Words)
        {
            Vector512<float> p02 = Vector512.Load(row0 + (2 * channels));
            Vector512<float> p03 = Vector512.Load(row0 + (3 * channels));
            Vector512<float> p12 = Vector512.Load(row1 + (2 * channels));
            Vector512<float> p13 = Vector512.Load(row1 + (3 * channels));
            Vector512<float> p22 = Vector512.Load(row2 + (2 * channels));
            Vector512<float> p23 = Vector512.Load(row2 + (3 * channels));
            Vector512<float> p32 = Vector512.Load(row3 + (2 * channels));
            Vector512<float> p33 = Vector512.Load(row3 + (3 * channels));
            Add(places[0], values, kernel, ref p00, ref p01, ref p02, ref p10, ref p11, ref p12, ref p20, ref p21, ref p22);
            Add(places[1], values, kernel, ref p01, ref p02, ref p03, ref p11, ref p12, ref p13, ref p21, ref p22, ref p23);
            Add(places[2], values, kernel, ref p10, ref p11, ref p12, ref p20, ref p21, ref p22, ref p30, ref p31, ref p32);
            Add(places[3], values, kernel, ref p11, ref p12, ref p13, ref p21, ref p22, ref p23, ref p31, ref p32, ref p33);
            p00.Store(row0);
            p01.Store(row0 + channels);
            p10.Store(row1);
            p11.Store(row1 + channels);
            p20.Store(row2);
            p21.Store(row2 + channels);
            p30.Store(row3);
            p31.Store(row3 + channels);
            (p00, p01) = (p02, p03);
            (p10, p11) = (p12, p13);
            (p20, p21) = (p22, p23);
            (p30, p31) = (p32, p33);
            row0 += 2 * channels;
            row1 += 2 * channels;
            row2 += 2 * channels;
            row3 += 2 * channels;
        }

        p00.Store(row0);
        p01.Store(row0 + channels);
        p10.Store(row1);
        p11.Store(row1 + channels);
        p20.Store(row2);
        p21.Store(row2 + channels);
        p30.Store(row3);
        p31.Store(row3 + channels);
    }

    /// <summary>Adds the kernels of some channels to nine pixels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        ulong places, float* values, float* kernel,
        ref Vector512<float> p00, ref Vector512<float> p01, ref Vector512<float> p02,
        ref Vector512<float> p10, ref Vector512<float> p11, ref Vector512<float> p12,
        ref Vector512<float> p20, ref Vector512<float> p21, ref Vector512<float> p22)
    {
        for (; places != 0; places &= places - 1)
        {
            nint channel = BitOperations.TrailingZeroCount(places);
            Vector512<float> value = Vector512.Create(values[channel]);
            float* k = kernel + (channel * Patch);
            p00 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k), p00);
            p01 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (1 * Channels)), p01);
            p02 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (2 * Channels)), p02);
            p10 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (3 * Channels)), p10);
            p11 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (4 * Channels)), p11);
            p12 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (5 * Channels)), p12);
            p20 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (6 * Channels)), p20);
            p21 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (7 * Channels)), p21);
            p22 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (8 * Channels)), p22);
        }
    }
}
