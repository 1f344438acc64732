using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Numerics.Backends.Cpu;

/// <summary>
/// <see cref="SelectedInputs"/> for sixteen output channels at a time: two vectors hold all that a kernel row reads in a window, and one
/// permutation of both gives every lane its own.
/// </summary>
/// <param name="channels">Output channels.</param>
/// <param name="pixelStride">Input channels.</param>
/// <param name="kernelHeight">Rows of the kernel.</param>
/// <param name="taps">Kernel width by input channels.</param>
/// <param name="pixels">Pooled pixels of a row.</param>
internal readonly unsafe struct PermutedWindows(nint channels, int pixelStride, int kernelHeight, int taps, int pixels)
{
    private const int Lanes = 16;

    /// <summary>Steps of a row.</summary>
    public int StepsOfRow => kernelHeight * pixels * ((int)channels / Lanes);

    /// <summary>Floats of what a row is prepared in.</summary>
    public int WorkspaceSize => pixels * Lanes;

    /// <summary>Whether this way takes a convolution.</summary>
    public static bool Fits(int outChannels, int taps, int inChannels) =>
        Simd.Level == SimdLevel.Avx512 && Avx512F.IsSupported && outChannels % Lanes == 0 && taps + inChannels <= Lanes;

    /// <summary>Adds a pooled row.</summary>
    /// <param name="values">The row's gradient [pixels, channels].</param>
    /// <param name="argMax">Which place each took.</param>
    /// <param name="x">The input under the row; readable for a vector beyond the last window.</param>
    /// <param name="rowStride">Floats between the input's rows.</param>
    /// <param name="sums">The sums [kernel height][taps][channels].</param>
    /// <param name="workspace"><see cref="WorkspaceSize"/> floats.</param>
    /// <param name="ahead">What the next row reads.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(float* values, byte* argMax, float* x, nint rowStride, float* sums, float* workspace, ref NextPooledRows ahead)
    {
        var places = (int*)workspace;
        for (int channel = 0; channel < channels; channel += Lanes)
        {
            Locate(argMax + channel, places);
            for (int row = 0; row < kernelHeight; row++)
                Row(values + channel, places, x + (row * rowStride), rowStride, sums + (row * taps * channels) + channel, ref ahead);
        }
    }

    // Where in the two vectors of a window each lane finds its input under the first tap: the upper row is in the first.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Locate(byte* argMax, int* places)
    {
        Vector512<int> offsets = Vector512.Create(0, pixelStride, Lanes, Lanes + pixelStride, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        for (int pixel = 0; pixel < pixels; pixel++, argMax += channels, places += Lanes)
        {
            Vector512<int> place = Avx512F.ConvertToVector512Int32(Vector128.Load(argMax)) & Vector512.Create(3);
            Avx512F.PermuteVar16x32(offsets, place).Store(places);
        }
    }

    private void Row(float* values, int* places, float* x, nint rowStride, float* sums, ref NextPooledRows ahead)
    {
        switch (taps)
        {
            case 1: Row<Rows.R1>(values, places, x, rowStride, sums, ref ahead); break;
            case 2: Row<Rows.R2>(values, places, x, rowStride, sums, ref ahead); break;
            case 3: Row<Rows.R3>(values, places, x, rowStride, sums, ref ahead); break;
            case 4: Row<Rows.R4>(values, places, x, rowStride, sums, ref ahead); break;
            case 5: Row<Rows.R5>(values, places, x, rowStride, sums, ref ahead); break;
            case 6: Row<Rows.R6>(values, places, x, rowStride, sums, ref ahead); break;
            case 7: Row<Rows.R7>(values, places, x, rowStride, sums, ref ahead); break;
            case 8: Row<Rows.R8>(values, places, x, rowStride, sums, ref ahead); break;
            case 9: Row<Rows.R9>(values, places, x, rowStride, sums, ref ahead); break;
            case 10: Row<Rows.R10>(values, places, x, rowStride, sums, ref ahead); break;
            case 11: Row<Rows.R11>(values, places, x, rowStride, sums, ref ahead); break;
            case 12: Row<Rows.R12>(values, places, x, rowStride, sums, ref ahead); break;
            default: LongRow(values, places, x, rowStride, sums, ref ahead); break;
        }
    }

    // 13 to 15 taps, of a wide kernel over one channel.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LongRow(float* values, int* places, float* x, nint rowStride, float* sums, ref NextPooledRows ahead)
    {
        Row<Rows.R12>(values, places, x, rowStride, sums, ref ahead);
        for (int tap = 12; tap < taps; tap++)
            Row<Rows.R1>(values, places, x + tap, rowStride, sums + (tap * channels), ref ahead);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row<TTaps>(float* values, int* places, float* x, nint rowStride, float* sums, ref NextPooledRows ahead)
        where TTaps : struct, IRowCount
    {
        nint stride = channels, step = 2 * pixelStride;
        int count = TTaps.Count;
        Vector512<float> s0 = Vector512.Load(sums);
        Vector512<float> s1 = count > 1 ? Vector512.Load(sums + (1 * stride)) : default;
        Vector512<float> s2 = count > 2 ? Vector512.Load(sums + (2 * stride)) : default;
        Vector512<float> s3 = count > 3 ? Vector512.Load(sums + (3 * stride)) : default;
        Vector512<float> s4 = count > 4 ? Vector512.Load(sums + (4 * stride)) : default;
        Vector512<float> s5 = count > 5 ? Vector512.Load(sums + (5 * stride)) : default;
        Vector512<float> s6 = count > 6 ? Vector512.Load(sums + (6 * stride)) : default;
        Vector512<float> s7 = count > 7 ? Vector512.Load(sums + (7 * stride)) : default;
        Vector512<float> s8 = count > 8 ? Vector512.Load(sums + (8 * stride)) : default;
        Vector512<float> s9 = count > 9 ? Vector512.Load(sums + (9 * stride)) : default;
        Vector512<float> s10 = count > 10 ? Vector512.Load(sums + (10 * stride)) : default;
        Vector512<float> s11 = count > 11 ? Vector512.Load(sums + (11 * stride)) : default;
        for (int pixel = 0; pixel < pixels; pixel++, values += stride, places += Lanes, x += step)
        {
            Vector512<float> value = Vector512.Load(values), upper = Vector512.Load(x), lower = Vector512.Load(x + rowStride);
            Vector512<int> place = Vector512.Load(places);
            ahead.Step();
            s0 = Add(s0, value, upper, lower, place);
            if (count > 1)
                s1 = Add(s1, value, upper, lower, place + Vector512.Create(1));
            if (count > 2)
                s2 = Add(s2, value, upper, lower, place + Vector512.Create(2));
            if (count > 3)
                s3 = Add(s3, value, upper, lower, place + Vector512.Create(3));
            if (count > 4)
                s4 = Add(s4, value, upper, lower, place + Vector512.Create(4));
            if (count > 5)
                s5 = Add(s5, value, upper, lower, place + Vector512.Create(5));
            if (count > 6)
                s6 = Add(s6, value, upper, lower, place + Vector512.Create(6));
            if (count > 7)
                s7 = Add(s7, value, upper, lower, place + Vector512.Create(7));
            if (count > 8)
                s8 = Add(s8, value, upper, lower, place + Vector512.Create(8));
            if (count > 9)
                s9 = Add(s9, value, upper, lower, place + Vector512.Create(9));
            if (count > 10)
                s10 = Add(s10, value, upper, lower, place + Vector512.Create(10));
            if (count > 11)
                s11 = Add(s11, value, upper, lower, place + Vector512.Create(11));
        }

        s0.Store(sums);
        if (count > 1)
            s1.Store(sums + (1 * stride));
        if (count > 2)
            s2.Store(sums + (2 * stride));
        if (count > 3)
            s3.Store(sums + (3 * stride));
        if (count > 4)
            s4.Store(sums + (4 * stride));
        if (count > 5)
            s5.Store(sums + (5 * stride));
        if (count > 6)
            s6.Store(sums + (6 * stride));
        if (count > 7)
            s7.Store(sums + (7 * stride));
        if (count > 8)
            s8.Store(sums + (8 * stride));
        if (count > 9)
            s9.Store(sums + (9 * stride));
        if (count > 10)
            s10.Store(sums + (10 * stride));
        if (count > 11)
            s11.Store(sums + (11 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Add(
        Vector512<float> sum, Vector512<float> value, Vector512<float> upper, Vector512<float> lower, Vector512<int> place) =>
        Vector512.MultiplyAddEstimate(Avx512F.PermuteVar16x32x2(upper, place, lower), value, sum);
}
