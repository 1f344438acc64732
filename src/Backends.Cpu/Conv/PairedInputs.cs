using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// <see cref="SelectedInputs"/> for eight output channels at a time. Each input is brought beside the one a pixel to its right, and that of all
/// rows one after the other: the four of two rows that follow each other are those of a window's places under a tap, and a
/// permutation of these four gives every lane its own.
/// </summary>
/// <param name="channels">Output channels.</param>
/// <param name="pixelStride">Input channels.</param>
/// <param name="kernelHeight">Rows of the kernel.</param>
/// <param name="taps">Kernel width by input channels.</param>
/// <param name="pixels">Pooled pixels of a row.</param>
internal readonly unsafe struct PairedInputs(nint channels, int pixelStride, int kernelHeight, int taps, int pixels)
{
    // Whose pairs, gradients and places stay in L1 for all channels and kernel rows.
    private const int PixelsOfPiece = 48;

    // Rows under a pooled one, whose pairs of one input make a vector.
    private const int InputRows = 4;

    // A taller kernel's lists are as fast.
    private const int MaxKernelHeight = InputRows - 1;
    private const int MaxInputs = 16;

    // Taps whose sums are in registers.
    private const int MaxTaps = 12;
    private const int Lanes = 8;

    /// <summary>Steps of a row.</summary>
    public int StepsOfRow => (pixels + PixelsOfPiece - 1) / PixelsOfPiece;

    /// <summary>Floats of what a row is prepared in.</summary>
    public int WorkspaceSize => ((2 * PixelsOfPiece * pixelStride) + taps + Vector128<float>.Count) * Lanes;

    /// <summary>Whether this way takes a convolution.</summary>
    public static bool Fits(in Conv2DGeometry g) =>
        Simd.Level == SimdLevel.Avx2 && Avx2.IsSupported && g.OutChannels % Lanes == 0
        && g.KernelHeight <= MaxKernelHeight && (g.KernelWidth + 1) * g.InChannels <= MaxInputs;

    /// <summary>Adds a pooled row.</summary>
    /// <param name="values">The row's gradient [pixels, channels].</param>
    /// <param name="argMax">Which place each took.</param>
    /// <param name="x">The input under the row; readable for a vector beyond the last window.</param>
    /// <param name="rowStride">Floats between the input's rows.</param>
    /// <param name="sums">The sums [kernel height][taps][channels].</param>
    /// <param name="workspace"><see cref="WorkspaceSize"/> floats, at a cache line.</param>
    /// <param name="ahead">What the next row reads.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(float* values, byte* argMax, float* x, nint rowStride, float* sums, float* workspace, ref NextPooledRows ahead)
    {
        int pieces = StepsOfRow;
        for (int i = 0; i < pieces; i++)
        {
            int first = pixels * i / pieces, count = (pixels * (i + 1) / pieces) - first;
            Pair(x + (2 * first * pixelStride), rowStride, (2 * (count - 1) * pixelStride) + taps, workspace);
            var lines = new PooledLines(ref ahead);
            for (int channel = 0; channel < channels; channel += Lanes)
            {
                nint start = (first * channels) + channel;
                for (int row = 0; row < kernelHeight; row++)
                {
                    float* next = lines.Next(count);
                    Row(values + start, argMax + start, count, workspace + (2 * row), sums + (row * taps * channels) + channel, next);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pair(float* x, nint rowStride, int count, float* target)
    {
        // Where there are fewer rows, the last one again, which nobody reads.
        float* x0 = x, x1 = x + rowStride, x2 = x + (Math.Min(2, kernelHeight) * rowStride), x3 = x + (Math.Min(3, kernelHeight) * rowStride);
        int right = pixelStride;
        for (int i = 0; i < count; i += Vector128<float>.Count, target += Vector128<float>.Count * Lanes)
        {
            Vector256<float> even = Load(x0 + i, x2 + i), beside = Load(x0 + i + right, x2 + i + right);
            Vector256<float> odd = Load(x1 + i, x3 + i), across = Load(x1 + i + right, x3 + i + right);
            Vector256<double> upper = Avx.UnpackLow(even, beside).AsDouble(), lower = Avx.UnpackLow(odd, across).AsDouble();
            Avx.UnpackLow(upper, lower).AsSingle().Store(target);
            Avx.UnpackHigh(upper, lower).AsSingle().Store(target + Lanes);
            upper = Avx.UnpackHigh(even, beside).AsDouble();
            lower = Avx.UnpackHigh(odd, across).AsDouble();
            Avx.UnpackLow(upper, lower).AsSingle().Store(target + (2 * Lanes));
            Avx.UnpackHigh(upper, lower).AsSingle().Store(target + (3 * Lanes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load(float* lower, float* upper) => Vector256.Create(Vector128.Load(lower), Vector128.Load(upper));

    // As many taps at a time as there are registers for, in equal parts.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row(float* values, byte* places, int count, float* inputs, float* sums, float* ahead)
    {
        int parts = (taps + MaxTaps - 1) / MaxTaps;
        for (int part = 0; part < parts; part++)
        {
            int first = taps * part / parts, end = taps * (part + 1) / parts;
            Row(end - first, values, places, count, inputs + (first * Lanes), sums + (first * channels), part == 0 ? ahead : null);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row(int length, float* values, byte* places, int count, float* inputs, float* sums, float* ahead)
    {
        switch (length)
        {
            case 1: Row<Rows.R1>(values, places, count, inputs, sums, ahead); break;
            case 2: Row<Rows.R2>(values, places, count, inputs, sums, ahead); break;
            case 3: Row<Rows.R3>(values, places, count, inputs, sums, ahead); break;
            case 4: Row<Rows.R4>(values, places, count, inputs, sums, ahead); break;
            case 5: Row<Rows.R5>(values, places, count, inputs, sums, ahead); break;
            case 6: Row<Rows.R6>(values, places, count, inputs, sums, ahead); break;
            case 7: Row<Rows.R7>(values, places, count, inputs, sums, ahead); break;
            case 8: Row<Rows.R8>(values, places, count, inputs, sums, ahead); break;
            case 9: Row<Rows.R9>(values, places, count, inputs, sums, ahead); break;
            case 10: Row<Rows.R10>(values, places, count, inputs, sums, ahead); break;
            case 11: Row<Rows.R11>(values, places, count, inputs, sums, ahead); break;
            default: Row<Rows.R12>(values, places, count, inputs, sums, ahead); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row<TTaps>(float* values, byte* places, int count, float* inputs, float* sums, float* ahead)
        where TTaps : struct, IRowCount
    {
        nint stride = channels, step = 2 * pixelStride * Lanes, line = ahead is null ? 0 : Prefetching.Line;
        int n = TTaps.Count;
        ahead = ahead is null ? inputs : ahead;
        Vector256<float> s0 = Vector256.Load(sums);
        Vector256<float> s1 = n > 1 ? Vector256.Load(sums + (1 * stride)) : default;
        Vector256<float> s2 = n > 2 ? Vector256.Load(sums + (2 * stride)) : default;
        Vector256<float> s3 = n > 3 ? Vector256.Load(sums + (3 * stride)) : default;
        Vector256<float> s4 = n > 4 ? Vector256.Load(sums + (4 * stride)) : default;
        Vector256<float> s5 = n > 5 ? Vector256.Load(sums + (5 * stride)) : default;
        Vector256<float> s6 = n > 6 ? Vector256.Load(sums + (6 * stride)) : default;
        Vector256<float> s7 = n > 7 ? Vector256.Load(sums + (7 * stride)) : default;
        Vector256<float> s8 = n > 8 ? Vector256.Load(sums + (8 * stride)) : default;
        Vector256<float> s9 = n > 9 ? Vector256.Load(sums + (9 * stride)) : default;
        Vector256<float> s10 = n > 10 ? Vector256.Load(sums + (10 * stride)) : default;
        Vector256<float> s11 = n > 11 ? Vector256.Load(sums + (11 * stride)) : default;
        for (; count > 0; count--, values += stride, places += stride, inputs += step, ahead += line)
        {
            Prefetching.Start(ahead);
            Vector256<float> value = Vector256.Load(values);
            Vector256<int> place = Avx2.ConvertToVector256Int32(places);
            s0 = Add(s0, value, inputs, place);
            if (n > 1)
                s1 = Add(s1, value, inputs + (1 * Lanes), place);
            if (n > 2)
                s2 = Add(s2, value, inputs + (2 * Lanes), place);
            if (n > 3)
                s3 = Add(s3, value, inputs + (3 * Lanes), place);
            if (n > 4)
                s4 = Add(s4, value, inputs + (4 * Lanes), place);
            if (n > 5)
                s5 = Add(s5, value, inputs + (5 * Lanes), place);
            if (n > 6)
                s6 = Add(s6, value, inputs + (6 * Lanes), place);
            if (n > 7)
                s7 = Add(s7, value, inputs + (7 * Lanes), place);
            if (n > 8)
                s8 = Add(s8, value, inputs + (8 * Lanes), place);
            if (n > 9)
                s9 = Add(s9, value, inputs + (9 * Lanes), place);
            if (n > 10)
                s10 = Add(s10, value, inputs + (10 * Lanes), place);
            if (n > 11)
                s11 = Add(s11, value, inputs + (11 * Lanes), place);
        }

        s0.Store(sums);
        if (n > 1)
            s1.Store(sums + (1 * stride));
        if (n > 2)
            s2.Store(sums + (2 * stride));
        if (n > 3)
            s3.Store(sums + (3 * stride));
        if (n > 4)
            s4.Store(sums + (4 * stride));
        if (n > 5)
            s5.Store(sums + (5 * stride));
        if (n > 6)
            s6.Store(sums + (6 * stride));
        if (n > 7)
            s7.Store(sums + (7 * stride));
        if (n > 8)
            s8.Store(sums + (8 * stride));
        if (n > 9)
            s9.Store(sums + (9 * stride));
        if (n > 10)
            s10.Store(sums + (10 * stride));
        if (n > 11)
            s11.Store(sums + (11 * stride));
    }

    // A place is the lowest two bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Add(Vector256<float> sum, Vector256<float> value, float* four, Vector256<int> place) =>
        Vector256.MultiplyAddEstimate(Avx.PermuteVar(Avx.BroadcastVector128ToVector256(four), place), value, sum);
}
