using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The micro-kernel of the input gradient for 3 x 3 kernels, 16 channels at a time: the 4 x 4 input pixels under one pooling
/// window stay in 16 of 32 registers while the lists of the window's four positions pass by, nine multiply-adds an entry. So the
/// gradient is read and written once a window, not once a position.
/// </summary>
internal static unsafe class SparseWindow
{
    /// <summary>How many channels of the input go together, and so how far apart taps are in the kernel.</summary>
    public const int Channels = 16;

    /// <summary>Floats of an output channel's part of a kernel slice.</summary>
    public const int Patch = 9 * Channels;

    /// <summary>Adds the window's gradient to its input pixels.</summary>
    /// <param name="entries">The four positions' lists of (kernel offset, gradient), one after the other.</param>
    /// <param name="capacity">Entries between the lists' starts.</param>
    /// <param name="lengths">Entries in each list.</param>
    /// <param name="kernel">The kernel of these 16 channels, [out][3][3][16].</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="target">The first pixel's first channel of the 16.</param>
    /// <param name="rowStride">Floats between rows of the target.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(SparseEntry* entries, nint capacity, int* lengths, float* kernel, nint channels, float* target, nint rowStride)
    {
        float* row0 = target;
        float* row1 = target + (1 * rowStride);
        float* row2 = target + (2 * rowStride);
        float* row3 = target + (3 * rowStride);
        Vector512<float> p00 = Vector512.Load(row0);
        Vector512<float> p01 = Vector512.Load(row0 + channels);
        Vector512<float> p02 = Vector512.Load(row0 + (2 * channels));
        Vector512<float> p03 = Vector512.Load(row0 + (3 * channels));
        Vector512<float> p10 = Vector512.Load(row1);
        Vector512<float> p11 = Vector512.Load(row1 + channels);
        Vector512<float> p12 = Vector512.Load(row1 + (2 * channels));
        Vector512<float> p13 = Vector512.Load(row1 + (3 * channels));
        Vector512<float> p20 = Vector512.Load(row2);
        Vector512<float> p21 = Vector512.Load(row2 + channels);
        Vector512<float> p22 = Vector512.Load(row2 + (2 * channels));
        Vector512<float> p23 = Vector512.Load(row2 + (3 * channels));
        Vector512<float> p30 = Vector512.Load(row3);
        Vector512<float> p31 = Vector512.Load(row3 + channels);
        Vector512<float> p32 = Vector512.Load(row3 + (2 * channels));
        Vector512<float> p33 = Vector512.Load(row3 + (3 * channels));
        SparseEntry* entry0 = entries, end0 = entry0 + lengths[0];
        for (; entry0 < end0; entry0++)
        {
            Vector512<float> value = Vector512.Create(entry0->Value);
            float* k = kernel + entry0->Offset;
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

        SparseEntry* entry1 = entries + capacity, end1 = entry1 + lengths[1];
        for (; entry1 < end1; entry1++)
        {
            Vector512<float> value = Vector512.Create(entry1->Value);
            float* k = kernel + entry1->Offset;
            p01 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k), p01);
            p02 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (1 * Channels)), p02);
            p03 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (2 * Channels)), p03);
            p11 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (3 * Channels)), p11);
            p12 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (4 * Channels)), p12);
            p13 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (5 * Channels)), p13);
            p21 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (6 * Channels)), p21);
            p22 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (7 * Channels)), p22);
            p23 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (8 * Channels)), p23);
        }

        SparseEntry* entry2 = entries + (2 * capacity), end2 = entry2 + lengths[2];
        for (; entry2 < end2; entry2++)
        {
            Vector512<float> value = Vector512.Create(entry2->Value);
            float* k = kernel + entry2->Offset;
            p10 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k), p10);
            p11 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (1 * Channels)), p11);
            p12 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (2 * Channels)), p12);
            p20 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (3 * Channels)), p20);
            p21 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (4 * Channels)), p21);
            p22 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (5 * Channels)), p22);
            p30 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (6 * Channels)), p30);
            p31 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (7 * Channels)), p31);
            p32 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (8 * Channels)), p32);
        }

        SparseEntry* entry3 = entries + (3 * capacity), end3 = entry3 + lengths[3];
        for (; entry3 < end3; entry3++)
        {
            Vector512<float> value = Vector512.Create(entry3->Value);
            float* k = kernel + entry3->Offset;
            p11 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k), p11);
            p12 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (1 * Channels)), p12);
            p13 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (2 * Channels)), p13);
            p21 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (3 * Channels)), p21);
            p22 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (4 * Channels)), p22);
            p23 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (5 * Channels)), p23);
            p31 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (6 * Channels)), p31);
            p32 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (7 * Channels)), p32);
            p33 = Vector512.MultiplyAddEstimate(value, Vector512.Load(k + (8 * Channels)), p33);
        }

        p00.Store(row0);
        p01.Store(row0 + channels);
        p02.Store(row0 + (2 * channels));
        p03.Store(row0 + (3 * channels));
        p10.Store(row1);
        p11.Store(row1 + channels);
        p12.Store(row1 + (2 * channels));
        p13.Store(row1 + (3 * channels));
        p20.Store(row2);
        p21.Store(row2 + channels);
        p22.Store(row2 + (2 * channels));
        p23.Store(row2 + (3 * channels));
        p30.Store(row3);
        p31.Store(row3 + channels);
        p32.Store(row3 + (2 * channels));
        p33.Store(row3 + (3 * channels));
    }
}
