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
    public const int Pixels = ColourProducts.Pixels / 2;

    /// <summary>Floats that a block is computed in.</summary>
    public static int WorkspaceSize => ColourProducts.Size(TileRows.MaxWidth / 2);

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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLanes, TChannels>(
        float* rows, nint rowStride, float* kernel, int taps, float* bias, float* products, float* y, byte* argMax, nint channels, nint below)
        where TLanes : unmanaged, ILanes<TLanes>
        where TChannels : struct, IRowCount
    {
        ColourProducts.Multiply<TLanes, TChannels>(rows, rowStride, kernel, taps, products);
        for (int pixel = 0; pixel < Pixels; pixel++, products += 4 * TLanes.Count, y += channels, argMax += channels)
        {
            for (int c = 0; c < 2 * TLanes.Count; c += TLanes.Count)
                Pool<TLanes>(products + c, bias + c, y + c, argMax + c, below);
        }
    }

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
        m0 = ColourProducts.Load<TLanes>(products, 0);
        m1 = ColourProducts.Load<TLanes>(products, 1);
        m2 = ColourProducts.Load<TLanes>(products, 2);
        m3 = ColourProducts.Load<TLanes>(products, 3);
        WinogradTransform.Output(ref m0, ref m1, ref m2, ref m3, ColourProducts.Load<TLanes>(products, 4), ColourProducts.Load<TLanes>(products, 5));
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
