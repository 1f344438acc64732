using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A block of a kernel gradient: up to 64 channels of the input and a panel of the output's. At each of the 36 points it is a matrix product
/// [in, tiles] x [tiles, out], whose results stay in L2 until they go back to 3 x 3 or 5 x 5 taps.
/// </summary>
internal readonly unsafe struct WinogradGradientBlock
{
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

    // A line more: points at powers of two from each other would share few places in L1.
    private nint PointStride => ((nint)_rows * _width) + 16;

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

    private void Back<TLanes>(float* target, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        if (_gradient.KernelTaps == 3)
            Back<TLanes, Threes>(target, accumulate);
        else
            Back<TLanes, Fives>(target, accumulate);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Back<TLanes, TTaps>(float* target, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes>
        where TTaps : struct, ITaps
    {
        const int Points = WinogradTransform.Points;
        nint pointStride = PointStride, channels = _gradient.OutChannels, tapStride = _gradient.InChannels * channels;
        int columns = _columns;
        float* products = _products, end = products + ((nint)_rows * _width);
        float* room = stackalloc float[(((TTaps.Count * Points) + (TTaps.Count * TTaps.Count)) * TLanes.Count) + Prefetching.Line];
        float* half = (float*)(((nint)room + ((Prefetching.Line * sizeof(float)) - 1)) & -(Prefetching.Line * sizeof(float)));
        float* all = half + (TTaps.Count * Points * TLanes.Count);
        for (; products < end; products += _width, target += channels)
        {
            for (int c = 0; c < columns; c += TLanes.Count)
            {
                float* from = products + c, to = half;
                for (int j = Points; j > 0; j--, from += pointStride, to += TLanes.Count)
                    TTaps.Evaluate<TLanes>(from, Points * pointStride, to, Points * TLanes.Count);

                // What is added to, or not a whole vector, takes a way round.
                int count = Math.Min(TLanes.Count, columns - c);
                bool round = accumulate || count < TLanes.Count;
                nint stride = round ? TLanes.Count : tapStride;
                from = half;
                to = round ? all : target + c;
                for (int i = TTaps.Count; i > 0; i--, from += Points * TLanes.Count, to += TTaps.Count * stride)
                    TTaps.Evaluate<TLanes>(from, TLanes.Count, to, stride);
                for (int tap = 0; round && tap < TTaps.Count * TTaps.Count; tap++)
                    Write<TLanes>(all + (tap * TLanes.Count), target + c + (tap * tapStride), count, accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TLanes>(float* source, float* target, int count, bool accumulate)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        if (count == TLanes.Count)
        {
            TLanes.Store(accumulate ? TLanes.Load(target) + TLanes.Load(source) : TLanes.Load(source), target);
            return;
        }

        for (int i = 0; i < count; i++)
            target[i] = accumulate ? target[i] + source[i] : source[i];
    }

    // A kernel's taps along an axis, from products at the six points.
    private interface ITaps
    {
        static abstract int Count { get; }

        static abstract void Evaluate<TLanes>(float* m, nint stride, float* target, nint targetStride)
            where TLanes : unmanaged, ILanes<TLanes>;
    }

    private readonly struct Threes : ITaps
    {
        public static int Count => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Evaluate<TLanes>(float* m, nint stride, float* target, nint targetStride)
            where TLanes : unmanaged, ILanes<TLanes>
        {
            float* last = m + (3 * stride);
            TLanes m0 = TLanes.Load(m), m1 = TLanes.Load(m + stride), m2 = TLanes.Load(m + (2 * stride));
            WinogradTransform.ScaledOutput(ref m0, ref m1, ref m2, TLanes.Load(last), TLanes.Load(last + stride), TLanes.Load(last + (2 * stride)));
            TLanes.Store(m0, target);
            TLanes.Store(m1, target + targetStride);
            TLanes.Store(m2, target + (2 * targetStride));
        }
    }

    private readonly struct Fives : ITaps
    {
        public static int Count => 5;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Evaluate<TLanes>(float* m, nint stride, float* target, nint targetStride)
            where TLanes : unmanaged, ILanes<TLanes>
        {
            float* last = m + (3 * stride), lastTarget = target + (3 * targetStride);
            TLanes m0 = TLanes.Load(m), m1 = TLanes.Load(m + stride), m2 = TLanes.Load(m + (2 * stride)), m3 = TLanes.Load(last), m4 = TLanes.Load(last + stride);
            WinogradTransform.ScaledOutput(ref m0, ref m1, ref m2, ref m3, ref m4, TLanes.Load(last + (2 * stride)));
            TLanes.Store(m0, target);
            TLanes.Store(m1, target + targetStride);
            TLanes.Store(m2, target + (2 * targetStride));
            TLanes.Store(m3, lastTarget);
            TLanes.Store(m4, lastTarget + targetStride);
        }
    }
}
