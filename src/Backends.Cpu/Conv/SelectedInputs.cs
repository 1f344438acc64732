using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The kernel gradient of a convolution, ReLU and 2 x 2 max-pooling for inputs of few channels, such as colours. Sixteen output
/// channels are the lanes of a vector. Each chose one of the window's four places, so under a tap each multiplies one of four
/// inputs: two vectors hold all that a kernel row reads in a window, and one permutation gives every lane its own. A quarter of
/// a dense product, without lists.
/// </summary>
internal readonly unsafe struct SelectedInputs(in Conv2DGeometry conv, int pixels)
{
    private const int Lanes = 16;

    private readonly int _channels = conv.OutChannels;
    private readonly int _pixelStride = conv.InChannels;
    private readonly int _kernelHeight = conv.KernelHeight;
    private readonly int _taps = conv.KernelWidth * conv.InChannels;

    /// <summary>Steps of a row: where what follows is asked for.</summary>
    public int StepsOfRow => _kernelHeight * pixels * (_channels / Lanes);

    /// <summary>Floats of the sums, and of what a row is prepared in.</summary>
    public int WorkspaceSize => (_kernelHeight * _taps * _channels) + (pixels * Lanes);

    /// <summary>Whether this way takes a convolution.</summary>
    public static bool Fits(in Conv2DGeometry g) =>
        Simd.Level == SimdLevel.Avx512 && Avx512F.IsSupported && g.OutChannels % Lanes == 0 && (g.KernelWidth + 1) * g.InChannels <= Lanes;

    /// <summary>Sets the sums to zero.</summary>
    public void Start(float* workspace) => new Span<float>(workspace, _kernelHeight * _taps * _channels).Clear();

    /// <summary>Adds a pooled row.</summary>
    /// <param name="values">The row's gradient [pixels, channels].</param>
    /// <param name="argMax">Which place each took.</param>
    /// <param name="x">The input under the row; readable for a vector beyond the last window.</param>
    /// <param name="rowStride">Floats between the input's rows.</param>
    /// <param name="workspace"><see cref="WorkspaceSize"/> floats.</param>
    /// <param name="ahead">What the next row reads; asked for in a step for each pixel, kernel row and vector of channels.</param>
    public void Add(float* values, byte* argMax, float* x, nint rowStride, float* workspace, ref NextPooledRows ahead)
    {
        float* sums = workspace;
        var places = (int*)(workspace + (_kernelHeight * _taps * _channels));
        for (int channel = 0; channel < _channels; channel += Lanes)
        {
            Locate(argMax + channel, places);
            for (int row = 0; row < _kernelHeight; row++)
                Row(values + channel, places, x + (row * rowStride), rowStride, sums + (row * _taps * _channels) + channel, ref ahead);
        }
    }

    /// <summary>Writes the sums as [out][kernel height][taps].</summary>
    public void Finish(float* workspace, float* dkernel)
    {
        int patch = _kernelHeight * _taps;
        for (int tap = 0; tap < patch; tap++)
        {
            for (int channel = 0; channel < _channels; channel++)
                dkernel[(channel * patch) + tap] = *workspace++;
        }
    }

    // Where in the two vectors of a window each lane finds its input under the first tap: the upper row is in the first.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Locate(byte* argMax, int* places)
    {
        Vector512<int> offsets = Vector512.Create(0, _pixelStride, Lanes, Lanes + _pixelStride, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        for (int pixel = 0; pixel < pixels; pixel++, argMax += _channels, places += Lanes)
        {
            Vector512<int> place = Avx512F.ConvertToVector512Int32(Vector128.Load(argMax)) & Vector512.Create(3);
            Avx512F.PermuteVar16x32(offsets, place).Store(places);
        }
    }

    private void Row(float* values, int* places, float* x, nint rowStride, float* sums, ref NextPooledRows ahead)
    {
        switch (_taps)
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
    private void LongRow(float* values, int* places, float* x, nint rowStride, float* sums, ref NextPooledRows ahead)
    {
        Row<Rows.R12>(values, places, x, rowStride, sums, ref ahead);
        for (int tap = 12; tap < _taps; tap++)
            Row<Rows.R1>(values, places, x + tap, rowStride, sums + (tap * _channels), ref ahead);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row<TTaps>(float* values, int* places, float* x, nint rowStride, float* sums, ref NextPooledRows ahead)
        where TTaps : struct, IRowCount
    {
        nint channels = _channels, step = 2 * _pixelStride;
        int taps = TTaps.Count;
        Vector512<float> s0 = Vector512.Load(sums);
        Vector512<float> s1 = taps > 1 ? Vector512.Load(sums + (1 * channels)) : default;
        Vector512<float> s2 = taps > 2 ? Vector512.Load(sums + (2 * channels)) : default;
        Vector512<float> s3 = taps > 3 ? Vector512.Load(sums + (3 * channels)) : default;
        Vector512<float> s4 = taps > 4 ? Vector512.Load(sums + (4 * channels)) : default;
        Vector512<float> s5 = taps > 5 ? Vector512.Load(sums + (5 * channels)) : default;
        Vector512<float> s6 = taps > 6 ? Vector512.Load(sums + (6 * channels)) : default;
        Vector512<float> s7 = taps > 7 ? Vector512.Load(sums + (7 * channels)) : default;
        Vector512<float> s8 = taps > 8 ? Vector512.Load(sums + (8 * channels)) : default;
        Vector512<float> s9 = taps > 9 ? Vector512.Load(sums + (9 * channels)) : default;
        Vector512<float> s10 = taps > 10 ? Vector512.Load(sums + (10 * channels)) : default;
        Vector512<float> s11 = taps > 11 ? Vector512.Load(sums + (11 * channels)) : default;
        for (int pixel = 0; pixel < pixels; pixel++, values += channels, places += Lanes, x += step)
        {
            Vector512<float> value = Vector512.Load(values), upper = Vector512.Load(x), lower = Vector512.Load(x + rowStride);
            Vector512<int> place = Vector512.Load(places);
            ahead.Step();
            s0 = Add(s0, value, upper, lower, place);
            if (taps > 1)
                s1 = Add(s1, value, upper, lower, place + Vector512.Create(1));
            if (taps > 2)
                s2 = Add(s2, value, upper, lower, place + Vector512.Create(2));
            if (taps > 3)
                s3 = Add(s3, value, upper, lower, place + Vector512.Create(3));
            if (taps > 4)
                s4 = Add(s4, value, upper, lower, place + Vector512.Create(4));
            if (taps > 5)
                s5 = Add(s5, value, upper, lower, place + Vector512.Create(5));
            if (taps > 6)
                s6 = Add(s6, value, upper, lower, place + Vector512.Create(6));
            if (taps > 7)
                s7 = Add(s7, value, upper, lower, place + Vector512.Create(7));
            if (taps > 8)
                s8 = Add(s8, value, upper, lower, place + Vector512.Create(8));
            if (taps > 9)
                s9 = Add(s9, value, upper, lower, place + Vector512.Create(9));
            if (taps > 10)
                s10 = Add(s10, value, upper, lower, place + Vector512.Create(10));
            if (taps > 11)
                s11 = Add(s11, value, upper, lower, place + Vector512.Create(11));
        }

        s0.Store(sums);
        if (taps > 1)
            s1.Store(sums + (1 * channels));
        if (taps > 2)
            s2.Store(sums + (2 * channels));
        if (taps > 3)
            s3.Store(sums + (3 * channels));
        if (taps > 4)
            s4.Store(sums + (4 * channels));
        if (taps > 5)
            s5.Store(sums + (5 * channels));
        if (taps > 6)
            s6.Store(sums + (6 * channels));
        if (taps > 7)
            s7.Store(sums + (7 * channels));
        if (taps > 8)
            s8.Store(sums + (8 * channels));
        if (taps > 9)
            s9.Store(sums + (9 * channels));
        if (taps > 10)
            s10.Store(sums + (10 * channels));
        if (taps > 11)
            s11.Store(sums + (11 * channels));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Add(
        Vector512<float> sum, Vector512<float> value, Vector512<float> upper, Vector512<float> lower, Vector512<int> place) =>
        Vector512.MultiplyAddEstimate(Avx512F.PermuteVar16x32x2(upper, place, lower), value, sum);
}
