using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The gradient of a convolution's output as the taps of F(3 x 3, 4 x 4) or F(5 x 5, 2 x 2): tiles of 4 x 4 or 2 x 2 pixels that lie side by side are
/// evaluated at the 36 points, down and then across. Pixels beyond the picture count as zeros. With a dilation the pixels of a phase, every so
/// manieth row and column, are a picture of their own.
/// </summary>
/// <param name="dy">The gradient, [batch, height, width, channels].</param>
/// <param name="height">Its height.</param>
/// <param name="width">Its width.</param>
/// <param name="channels">Its channels.</param>
/// <param name="side">Pixels of a tile along an axis, 4 or 2.</param>
/// <param name="dilationH">How many phases there are along the height.</param>
/// <param name="dilationW">The same along the width.</param>
internal readonly unsafe struct WinogradGradientRows(float* dy, int height, int width, int channels, int side, int dilationH, int dilationW)
{
    private const int Points = WinogradTransform.Points;
    private const int MostSide = 4;

    // Whole cache lines, and a vector more: the last one of a pixel may be read whole.
    private nint RowStride => ((side * WinogradConv.MaxTiles * (nint)channels) + 31) / 16 * 16;

    /// <summary>Floats that <see cref="Transform"/> works in: six rows and one of zeros.</summary>
    public nint WorkspaceSize => (Points + 1) * RowStride;

    /// <summary>Evaluates tiles.</summary>
    /// <param name="image">Which picture, by batch and phase.</param>
    /// <param name="tileRow">Which row of tiles.</param>
    /// <param name="firstTile">The first tile in the row.</param>
    /// <param name="tiles">How many, at most <see cref="WinogradConv.MaxTiles"/>.</param>
    /// <param name="workspace"><see cref="WorkspaceSize"/> floats, at a cache line.</param>
    /// <param name="target">Receives the tiles; a vector beyond the last channel of each may be overwritten.</param>
    /// <param name="tileStride">Floats between tiles there.</param>
    /// <param name="pointStride">Floats between points there.</param>
    public void Transform(int image, int tileRow, int firstTile, int tiles, float* workspace, float* target, nint tileStride, nint pointStride)
    {
        switch (Simd.Level)
        {
            case SimdLevel.Scalar: Transform<LanesScalar>(image, tileRow, firstTile, tiles, workspace, target, tileStride, pointStride); break;
            case SimdLevel.Vector128: Transform<Lanes128>(image, tileRow, firstTile, tiles, workspace, target, tileStride, pointStride); break;
            case SimdLevel.Avx2: Transform<Lanes256>(image, tileRow, firstTile, tiles, workspace, target, tileStride, pointStride); break;
            case SimdLevel.Avx512 when channels <= Lanes256.Count: Transform<Lanes256>(image, tileRow, firstTile, tiles, workspace, target, tileStride, pointStride); break;
            default: Transform<Lanes512>(image, tileRow, firstTile, tiles, workspace, target, tileStride, pointStride); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transform<TLanes>(int image, int tileRow, int firstTile, int tiles, float* workspace, float* target, nint tileStride, nint pointStride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        (int picture, int phase) = Math.DivRem(image, dilationH * dilationW);
        (int phaseRow, int phaseColumn) = Math.DivRem(phase, dilationW);
        float* zeros = workspace, rows = workspace + RowStride;
        int row = phaseRow + (dilationH * side * tileRow), column = phaseColumn + (dilationW * side * firstTile);
        int count = Math.Clamp((width - column + dilationW - 1) / dilationW, 0, side * tiles);

        // Pixels side by side are one run of floats.
        nint run = dilationW == 1 ? (nint)count * channels : channels, length = (nint)count * channels;
        if (row + (dilationH * (side - 1)) >= height)
            new Span<float>(zeros, (int)run).Clear();
        float** from = stackalloc float*[MostSide];
        for (int i = 0; i < side; i++)
        {
            int at = row + (dilationH * i);
            from[i] = at < height ? dy + ((((((nint)picture * height) + at) * width) + column) * channels) : zeros;
        }

        for (nint i = 0; i < length; i += run)
        {
            if (side == 2)
                Down<TLanes, Pairs>(from[0], from[1], null, null, run, rows + i);
            else
                Down<TLanes, Fours>(from[0], from[1], from[2], from[3], run, rows + i);
            for (int j = 0; j < side; j++)
                from[j] += from[j] == zeros ? 0 : (nint)dilationW * channels;
        }

        for (int i = 0; i < Points && count < side * tiles; i++)
            new Span<float>(rows + (i * RowStride) + length, ((side * tiles) - count) * channels).Clear();
        if (side == 2)
            Across<TLanes, Pairs>(tiles, rows, target, tileStride, pointStride);
        else
            Across<TLanes, Fours>(tiles, rows, target, tileStride, pointStride);
    }

    // Channels and columns do not matter here: a row is one run of floats.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Down<TLanes, TSide>(float* r0, float* r1, float* r2, float* r3, nint length, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
        where TSide : struct, ISide
    {
        nint i = 0, stride = RowStride;
        for (; i <= length - TLanes.Count; i += TLanes.Count)
            TSide.Evaluate<TLanes>(r0 + i, r1 + i, r2 + i, r3 + i, target + i, stride);
        if (i == length)
            return;

        // The rest is brought to the stack: a whole vector might read beyond the gradient.
        int rest = (int)(length - i);
        float* copy = stackalloc float[MostSide * TLanes.Count];
        new ReadOnlySpan<float>(r0 + i, rest).CopyTo(new Span<float>(copy, rest));
        new ReadOnlySpan<float>(r1 + i, rest).CopyTo(new Span<float>(copy + TLanes.Count, rest));
        if (TSide.Count > 2)
        {
            new ReadOnlySpan<float>(r2 + i, rest).CopyTo(new Span<float>(copy + (2 * TLanes.Count), rest));
            new ReadOnlySpan<float>(r3 + i, rest).CopyTo(new Span<float>(copy + (3 * TLanes.Count), rest));
        }

        TSide.Evaluate<TLanes>(copy, copy + TLanes.Count, copy + (2 * TLanes.Count), copy + (3 * TLanes.Count), target + i, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Across<TLanes, TSide>(int tiles, float* row, float* points, nint tileStride, nint pointStride)
        where TLanes : unmanaged, ILanes<TLanes>
        where TSide : struct, ISide
    {
        nint pixel = channels;
        for (int i = 0; i < Points; i++, row += RowStride, points += Points * pointStride)
        {
            // Tile after tile, channel after channel: what a last vector writes beyond its pixel is not used, or overwritten.
            float* source = row, target = points;
            for (int tile = 0; tile < tiles; tile++, source += TSide.Count * pixel, target += tileStride)
            {
                for (nint c = 0; c < pixel; c += TLanes.Count)
                    TSide.Evaluate<TLanes>(source + c, source + c + pixel, source + c + (2 * pixel), source + c + (3 * pixel), target + c, pointStride);
            }
        }
    }

    // A tile's pixels along an axis at the six points.
    private interface ISide
    {
        static abstract int Count { get; }

        static abstract void Evaluate<TLanes>(float* g0, float* g1, float* g2, float* g3, float* target, nint stride)
            where TLanes : unmanaged, ILanes<TLanes>;
    }

    private readonly struct Fours : ISide
    {
        public static int Count => 4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Evaluate<TLanes>(float* g0, float* g1, float* g2, float* g3, float* target, nint stride)
            where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes first = TLanes.Load(g0), last = TLanes.Load(g3);
            WinogradTransform.Taps(first, TLanes.Load(g1), TLanes.Load(g2), last, out TLanes p1, out TLanes p2, out TLanes p3, out TLanes p4);
            Store(first, p1, p2, p3, p4, last, target, stride);
        }
    }

    private readonly struct Pairs : ISide
    {
        public static int Count => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Evaluate<TLanes>(float* g0, float* g1, float* g2, float* g3, float* target, nint stride)
            where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes first = TLanes.Load(g0), last = TLanes.Load(g1);
            WinogradTransform.Taps(first, last, out TLanes p1, out TLanes p2, out TLanes p3, out TLanes p4);
            Store(first, p1, p2, p3, p4, last, target, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes>(TLanes p0, TLanes p1, TLanes p2, TLanes p3, TLanes p4, TLanes p5, float* target, nint stride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes.Store(p0, target);
        TLanes.Store(p1, target + stride);
        TLanes.Store(p2, target + (2 * stride));
        TLanes.Store(p3, target + (3 * stride));
        TLanes.Store(p4, target + (4 * stride));
        TLanes.Store(p5, target + (5 * stride));
    }
}
