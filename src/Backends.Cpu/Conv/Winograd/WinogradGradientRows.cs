using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The gradient of a convolution's output as the taps of F(3 x 3, 4 x 4): tiles of 4 x 4 pixels that lie side by side are evaluated at the 36
/// points, down and then across. Pixels beyond the picture count as zeros.
/// </summary>
/// <param name="dy">The gradient, [batch, height, width, channels].</param>
/// <param name="height">Its height.</param>
/// <param name="width">Its width.</param>
/// <param name="channels">Its channels.</param>
internal readonly unsafe struct WinogradGradientRows(float* dy, int height, int width, int channels)
{
    /// <summary>Pixels of a tile along an axis.</summary>
    public const int Side = 4;

    private const int Points = WinogradTransform.Points;

    // Whole cache lines, and a vector more: the last one of a pixel may be read whole.
    private nint RowStride => ((Side * WinogradConv.MaxTiles * (nint)channels) + 31) / 16 * 16;

    /// <summary>Floats that <see cref="Transform"/> works in: six rows and one of zeros.</summary>
    public nint WorkspaceSize => (Points + 1) * RowStride;

    /// <summary>Evaluates tiles.</summary>
    /// <param name="image">Which picture.</param>
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

    private void Transform<TLanes>(int image, int tileRow, int firstTile, int tiles, float* workspace, float* target, nint tileStride, nint pointStride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* zeros = workspace, rows = workspace + RowStride;
        int column = Side * firstTile, count = Math.Min(Side * tiles, width - column), row = Side * tileRow;
        nint length = (nint)count * channels;
        if (row + Side > height)
            new Span<float>(zeros, (int)length).Clear();
        float* first = dy + (((((nint)image * height) + row) * width) + column) * channels;
        nint step = (nint)width * channels;
        Down<TLanes>(
            first,
            row + 1 < height ? first + step : zeros,
            row + 2 < height ? first + (2 * step) : zeros,
            row + 3 < height ? first + (3 * step) : zeros,
            length,
            rows);
        for (int i = 0; i < Points && count < Side * tiles; i++)
            new Span<float>(rows + (i * RowStride) + length, ((Side * tiles) - count) * channels).Clear();
        Across<TLanes>(tiles, rows, target, tileStride, pointStride);
    }

    // Channels and columns do not matter here: a row is one run of floats.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Down<TLanes>(float* r0, float* r1, float* r2, float* r3, nint length, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nint i = 0, stride = RowStride;
        for (; i <= length - TLanes.Count; i += TLanes.Count)
            Evaluate<TLanes>(r0 + i, r1 + i, r2 + i, r3 + i, target + i, stride);
        if (i == length)
            return;

        // The rest is brought to the stack: a whole vector might read beyond the gradient.
        int rest = (int)(length - i);
        float* copy = stackalloc float[Side * TLanes.Count];
        new ReadOnlySpan<float>(r0 + i, rest).CopyTo(new Span<float>(copy, rest));
        new ReadOnlySpan<float>(r1 + i, rest).CopyTo(new Span<float>(copy + TLanes.Count, rest));
        new ReadOnlySpan<float>(r2 + i, rest).CopyTo(new Span<float>(copy + (2 * TLanes.Count), rest));
        new ReadOnlySpan<float>(r3 + i, rest).CopyTo(new Span<float>(copy + (3 * TLanes.Count), rest));
        Evaluate<TLanes>(copy, copy + TLanes.Count, copy + (2 * TLanes.Count), copy + (3 * TLanes.Count), target + i, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Across<TLanes>(int tiles, float* row, float* points, nint tileStride, nint pointStride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nint pixel = channels;
        for (int i = 0; i < Points; i++, row += RowStride, points += Points * pointStride)
        {
            // Tile after tile, channel after channel: what a last vector writes beyond its pixel is not used, or overwritten.
            float* source = row, target = points;
            for (int tile = 0; tile < tiles; tile++, source += Side * pixel, target += tileStride)
            {
                for (nint c = 0; c < pixel; c += TLanes.Count)
                    Evaluate<TLanes>(source + c, source + c + pixel, source + c + (2 * pixel), source + c + (3 * pixel), target + c, pointStride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Evaluate<TLanes>(float* g0, float* g1, float* g2, float* g3, float* target, nint stride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes first = TLanes.Load(g0), last = TLanes.Load(g3);
        WinogradTransform.Taps(first, TLanes.Load(g1), TLanes.Load(g2), last, out TLanes p1, out TLanes p2, out TLanes p3, out TLanes p4);
        TLanes.Store(first, target);
        TLanes.Store(p1, target + stride);
        TLanes.Store(p2, target + (2 * stride));
        TLanes.Store(p3, target + (3 * stride));
        TLanes.Store(p4, target + (4 * stride));
        TLanes.Store(last, target + (5 * stride));
    }
}
