using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// What <see cref="ColourPoolTile"/> is to machines whose registers do not hold six points of several pixels: the products of a few
/// neighbouring pixels of convolution are a register tile of <see cref="TileRows"/> at each of the six points, and come back from L1
/// to be transformed to four rows of convolution and pooled.
/// </summary>
internal static unsafe class ColourPoolBlock
{
    /// <summary>Pooled pixels of a row.</summary>
    public const int Pixels = 3;

    /// <summary>Floats that a block is computed in.</summary>
    public static int WorkspaceSize => WinogradTransform.Points * 2 * Pixels * TileRows.MaxWidth;

    /// <summary>Computes two rows of pooled pixels.</summary>
    /// <typeparam name="TLanes">The vectors to use.</typeparam>
    /// <typeparam name="TChannels">Channels of the input.</typeparam>
    /// <param name="rows">The transformed rows at the first pixel of convolution.</param>
    /// <param name="rowStride">Floats between them.</param>
    /// <param name="kernel">The transformed kernel [6][taps][two vectors].</param>
    /// <param name="taps">Kernel width by input channels.</param>
    /// <param name="bias">One float a channel.</param>
    /// <param name="products"><see cref="WorkspaceSize"/> floats, at a cache line.</param>
    /// <param name="y">The first pooled pixel.</param>
    /// <param name="argMax">Its places.</param>
    /// <param name="channels">Elements between pooled pixels.</param>
    /// <param name="below">Elements to the pooled row below, or 0 where there is none.</param>
    public static void Run<TLanes, TChannels>(
        float* rows, nint rowStride, float* kernel, int taps, float* bias, float* products, float* y, byte* argMax, nint channels, nint below)
        where TLanes : unmanaged, ILanes<TLanes>
        where TChannels : struct, IRowCount
    {
        Multiply<TLanes, TChannels>(rows, rowStride, kernel, taps, products);
        for (int pixel = 0; pixel < Pixels; pixel++, products += 4 * TLanes.Count, y += channels, argMax += channels)
        {
            for (int c = 0; c < 2 * TLanes.Count; c += TLanes.Count)
                Pool<TLanes>(products + c, bias + c, y + c, argMax + c, below);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TLanes, TChannels>(float* rows, nint rowStride, float* kernel, int taps, float* products)
        where TLanes : unmanaged, ILanes<TLanes>
        where TChannels : struct, IRowCount
    {
        for (int point = 0; point < WinogradTransform.Points; point++, rows += rowStride, products += PointStride<TLanes>())
        {
            TLanes l0 = TLanes.Zero, l1 = TLanes.Zero, l2 = TLanes.Zero, l3 = TLanes.Zero, l4 = TLanes.Zero, l5 = TLanes.Zero;
            TLanes h0 = TLanes.Zero, h1 = TLanes.Zero, h2 = TLanes.Zero, h3 = TLanes.Zero, h4 = TLanes.Zero, h5 = TLanes.Zero;
            float* x = rows;
            for (int tap = taps; tap > 0; tap--, x++, kernel += 2 * TLanes.Count)
            {
                TLanes low = TLanes.Load(kernel), high = TLanes.Load(kernel + TLanes.Count);
                TLanes x0 = TLanes.Repeat(x);
                l0 = TLanes.MultiplyAdd(x0, low, l0);
                h0 = TLanes.MultiplyAdd(x0, high, h0);
                TLanes x1 = TLanes.Repeat(x + TChannels.Count);
                l1 = TLanes.MultiplyAdd(x1, low, l1);
                h1 = TLanes.MultiplyAdd(x1, high, h1);
                TLanes x2 = TLanes.Repeat(x + (2 * TChannels.Count));
                l2 = TLanes.MultiplyAdd(x2, low, l2);
                h2 = TLanes.MultiplyAdd(x2, high, h2);
                TLanes x3 = TLanes.Repeat(x + (3 * TChannels.Count));
                l3 = TLanes.MultiplyAdd(x3, low, l3);
                h3 = TLanes.MultiplyAdd(x3, high, h3);
                TLanes x4 = TLanes.Repeat(x + (4 * TChannels.Count));
                l4 = TLanes.MultiplyAdd(x4, low, l4);
                h4 = TLanes.MultiplyAdd(x4, high, h4);
                TLanes x5 = TLanes.Repeat(x + (5 * TChannels.Count));
                l5 = TLanes.MultiplyAdd(x5, low, l5);
                h5 = TLanes.MultiplyAdd(x5, high, h5);
            }

            Store(l0, h0, products);
            Store(l1, h1, products + (2 * TLanes.Count));
            Store(l2, h2, products + (4 * TLanes.Count));
            Store(l3, h3, products + (6 * TLanes.Count));
            Store(l4, h4, products + (8 * TLanes.Count));
            Store(l5, h5, products + (10 * TLanes.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes>(TLanes low, TLanes high, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes.Store(low, target);
        TLanes.Store(high, target + TLanes.Count);
    }

    // Floats of the products at one point.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PointStride<TLanes>()
        where TLanes : unmanaged, ILanes<TLanes> => 4 * Pixels * TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pool<TLanes>(float* products, float* bias, float* y, byte* argMax, nint below)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Back(products, out TLanes l0, out TLanes l1, out TLanes l2, out TLanes l3);
        Back(products + (2 * TLanes.Count), out TLanes r0, out TLanes r1, out TLanes r2, out TLanes r3);
        TLanes add = TLanes.Load(bias);
        Pool(l0, r0, l1, r1, add, y, argMax);
        if (below != 0)
            Pool(l2, r2, l3, r3, add, y + below, argMax + below);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Back<TLanes>(float* products, out TLanes m0, out TLanes m1, out TLanes m2, out TLanes m3)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int stride = PointStride<TLanes>();
        m0 = TLanes.Load(products);
        m1 = TLanes.Load(products + stride);
        m2 = TLanes.Load(products + (2 * stride));
        m3 = TLanes.Load(products + (3 * stride));
        WinogradTransform.Output(ref m0, ref m1, ref m2, ref m3, TLanes.Load(products + (4 * stride)), TLanes.Load(products + (5 * stride)));
    }

    // The first of equals. A NaN wins over all, and then the place does not matter: no gradient passes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pool<TLanes>(TLanes first, TLanes right, TLanes down, TLanes across, TLanes bias, float* y, byte* argMax)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes one = Place<TLanes>(1), two = Place<TLanes>(2), three = Place<TLanes>(3);
        TLanes isNaN = TLanes.Unordered(first, right) | TLanes.Unordered(down, across);
        TLanes upper = TLanes.Select(TLanes.Greater(right, first), one, TLanes.Zero), lower = TLanes.Select(TLanes.Greater(across, down), three, two);
        first = TLanes.Max(first, right);
        down = TLanes.Max(down, across);
        TLanes at = TLanes.Select(TLanes.Greater(down, first), lower, upper);
        TLanes.Store(TLanes.Rectify(TLanes.Max(first, down) + bias) | isNaN, y);
        TLanes.StoreBytes(at, argMax);
    }

    // A place as a float's bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Place<TLanes>(int place)
        where TLanes : unmanaged, ILanes<TLanes> => TLanes.Create(BitConverter.Int32BitsToSingle(place));
}
