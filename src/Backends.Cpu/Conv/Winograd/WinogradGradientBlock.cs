using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A block of a kernel gradient: up to 64 channels of the input and a panel of the output's. At each of the 36 points it is a matrix product
/// [in, tiles] x [tiles, out], whose results stay in L2 until they go back to 3 x 3 or 5 x 5 taps.
/// </summary>
internal readonly unsafe struct WinogradGradientBlock
{
    private const int MostTaps = 5;

    private readonly WinogradGradient _gradient;
    private readonly float* _products;
    private readonly int _firstInput;
    private readonly int _rows;
    private readonly int _firstOutput;
    private readonly int _columns;
    private readonly int _width;

    /// <param name="gradient">What is computed.</param>
    /// <param name="index">Which block.</param>
    /// <param name="products">Room for the products, <see cref="WinogradGradient.ProductsSize"/> floats.</param>
    public WinogradGradientBlock(in WinogradGradient gradient, int index, float* products)
    {
        (int inputBlock, int panel) = Math.DivRem(index, gradient.PanelsOfOutput);
        _gradient = gradient;
        _products = products;
        _firstInput = gradient.FirstInput(inputBlock);
        _rows = gradient.FirstInput(inputBlock + 1) - _firstInput;
        _firstOutput = panel * TileRows.MaxWidth;
        _columns = Math.Min(gradient.OutChannels - _firstOutput, TileRows.MaxWidth);
        _width = TileRows.Width(_columns);
    }

    private nint PointStride => (nint)_rows * _width;

    /// <summary>Multiplies some tiles.</summary>
    /// <param name="first">The first one's place.</param>
    /// <param name="count">How many.</param>
    /// <param name="accumulate">Whether to add to the products so far.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(int first, int count, bool accumulate)
    {
        var operands = new TileOperands
        {
            A = _gradient.InputPoints + (first * _gradient.InputStride) + _firstInput,
            RowStride = 1,
            StepStride = _gradient.InputStride,
            Segments = 1,
            Length = count,
            B = _gradient.TapPoints + (first * _gradient.TapStride) + _firstOutput,
            StepB = _gradient.TapStride,
            C = _products,
            StrideC = _width,
            StrideStart = _width,
        };
        for (int point = 0; point < WinogradTransform.Area; point++)
        {
            // Whole tiles: what columns beyond the last channel hold is not used.
            operands.Start = accumulate ? operands.C : null;
            TileRows.Run(operands, _rows, _width, _width);
            operands.A += _gradient.Room * _gradient.InputStride;
            operands.B += _gradient.Room * _gradient.TapStride;
            operands.C += PointStride;
        }
    }

    /// <summary>Writes the block's part of a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="accumulate">Whether to add to what is there.</param>
    public void Back(float* kernel, bool accumulate)
    {
        float* target = kernel + ((nint)_firstInput * _gradient.OutChannels) + _firstOutput;
        switch (Simd.Level)
        {
            case SimdLevel.Scalar: Back<LanesScalar>(target, accumulate); break;
            case SimdLevel.Vector128: Back<Lanes128>(target, accumulate); break;
            case SimdLevel.Avx512 when _width % Lanes512.Count == 0: Back<Lanes512>(target, accumulate); break;
            case >= SimdLevel.Avx2 when _width < Lanes256.Count: Back<Lanes128>(target, accumulate); break;
            default: Back<Lanes256>(target, accumulate); break;
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Back<TLanes>(float* target, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        const int Points = WinogradTransform.Points;
        nint pointStride = PointStride, tapStride = (nint)_gradient.InChannels * _gradient.OutChannels;
        float* products = _products;
        int taps = _gradient.KernelTaps;
        TLanes* half = stackalloc TLanes[MostTaps * Points];
        float* scales = stackalloc float[WinogradTransform.Area], rest = stackalloc float[TLanes.Count];
        for (int point = 0; point < WinogradTransform.Area; point++)
            scales[point] = (float)(WinogradTransform.Scale(point / Points) * WinogradTransform.Scale(point % Points));
        for (int row = 0; row < _rows; row++, products += _width, target += _gradient.OutChannels)
        {
            for (int c = 0; c < _columns; c += TLanes.Count)
            {
                for (int j = 0; j < Points; j++)
                {
                    float* m = products + c + (j * pointStride);
                    TLanes m0 = TLanes.Load(m) * TLanes.Repeat(scales + j);
                    TLanes m1 = TLanes.Load(m + (6 * pointStride)) * TLanes.Repeat(scales + j + 6);
                    TLanes m2 = TLanes.Load(m + (12 * pointStride)) * TLanes.Repeat(scales + j + 12);
                    TLanes m3 = TLanes.Load(m + (18 * pointStride)) * TLanes.Repeat(scales + j + 18);
                    TLanes m4 = TLanes.Load(m + (24 * pointStride)) * TLanes.Repeat(scales + j + 24);
                    TLanes m5 = TLanes.Load(m + (30 * pointStride)) * TLanes.Repeat(scales + j + 30);
                    if (taps == 3)
                        WinogradTransform.Output(ref m0, ref m1, ref m2, m3, m4, m5);
                    else
                        WinogradTransform.Output(ref m0, ref m1, ref m2, ref m3, ref m4, m5);
                    half[j] = m0;
                    half[j + Points] = m1;
                    half[j + (2 * Points)] = m2;
                    half[j + (3 * Points)] = m3;
                    half[j + (4 * Points)] = m4;
                }

                int count = Math.Min(TLanes.Count, _columns - c);
                for (int i = 0; i < taps; i++)
                {
                    TLanes* m = half + (i * Points);
                    TLanes y0 = m[0], y1 = m[1], y2 = m[2], y3 = m[3], y4 = m[4];
                    if (taps == 3)
                        WinogradTransform.Output(ref y0, ref y1, ref y2, y3, y4, m[5]);
                    else
                        WinogradTransform.Output(ref y0, ref y1, ref y2, ref y3, ref y4, m[5]);
                    float* place = target + (i * taps * tapStride) + c;
                    Write(y0, place, count, accumulate, rest);
                    Write(y1, place + tapStride, count, accumulate, rest);
                    Write(y2, place + (2 * tapStride), count, accumulate, rest);
                    if (taps == 3)
                        continue;
                    Write(y3, place + (3 * tapStride), count, accumulate, rest);
                    Write(y4, place + (4 * tapStride), count, accumulate, rest);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TLanes>(TLanes value, float* target, int count, bool accumulate, float* rest)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        if (count == TLanes.Count)
        {
            TLanes.Store(accumulate ? TLanes.Load(target) + value : value, target);
            return;
        }

        TLanes.Store(value, rest);
        for (int i = 0; i < count; i++)
            target[i] = accumulate ? target[i] + rest[i] : rest[i];
    }
}
