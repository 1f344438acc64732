using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Convolutions of few channels by Winograd's algorithm down the rows: the products of six neighbouring pixels by two vectors of output
/// channels at the six points. At one point they take twelve registers; to be transformed back they come from L1.
/// </summary>
internal static unsafe class ColourProducts
{
    /// <summary>Pixels of convolution of a row.</summary>
    public const int Pixels = 6;

    /// <summary>The most channels of the input.</summary>
    public const int MaxChannels = 4;

    /// <summary>
    /// The fewest taps of a row, all channels', for a transform down the rows: of fewer products, neighbouring inputs that are much greater
    /// leave too large an error.
    /// </summary>
    public const int FewestTaps = 3;

    /// <summary>Floats of a transformed row: whole lines of the cache, and room for a vector more.</summary>
    public static int RowSize(in Conv2DGeometry g) => (((g.InWidth + g.PadLeft + g.PadRight) * g.InChannels) + 31) / 16 * 16;

    /// <summary>Floats of a row of zeros and the transformed ones.</summary>
    public static int RowsSize(in Conv2DGeometry g) => (WinogradTransform.Points + 1) * RowSize(g);

    /// <summary>Floats of the products [6][pixels][two vectors].</summary>
    /// <param name="lanes">Floats of a vector.</param>
    public static int Size(int lanes) => WinogradTransform.Points * Pixels * 2 * lanes;

    /// <summary>Multiplies.</summary>
    /// <typeparam name="TLanes">The vectors to use.</typeparam>
    /// <typeparam name="TChannels">Channels of the input.</typeparam>
    /// <param name="rows">The transformed rows at the first pixel.</param>
    /// <param name="rowStride">Floats between them.</param>
    /// <param name="kernel">The transformed kernel [6][taps][two vectors].</param>
    /// <param name="taps">Kernel width by input channels.</param>
    /// <param name="products"><see cref="Size"/> floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TLanes, TChannels>(float* rows, nint rowStride, float* kernel, int taps, float* products)
        where TLanes : unmanaged, ILanes<TLanes>
        where TChannels : struct, IRowCount
    {
        for (int point = 0; point < WinogradTransform.Points; point++, rows += rowStride, products += 2 * Pixels * TLanes.Count)
        {
            TLanes l0 = TLanes.Zero, l1 = TLanes.Zero, l2 = TLanes.Zero, l3 = TLanes.Zero, l4 = TLanes.Zero, l5 = TLanes.Zero;
            TLanes h0 = TLanes.Zero, h1 = TLanes.Zero, h2 = TLanes.Zero, h3 = TLanes.Zero, h4 = TLanes.Zero, h5 = TLanes.Zero;
            float* x = rows;
            int tap = taps;
            for (; tap >= 3; tap -= 3, x += 3, kernel += 6 * TLanes.Count)
            {
                Add<TLanes, TChannels>(x, kernel, ref l0, ref l1, ref l2, ref l3, ref l4, ref l5, ref h0, ref h1, ref h2, ref h3, ref h4, ref h5);
                Add<TLanes, TChannels>(x + 1, kernel + (2 * TLanes.Count), ref l0, ref l1, ref l2, ref l3, ref l4, ref l5, ref h0, ref h1, ref h2, ref h3, ref h4, ref h5);
                Add<TLanes, TChannels>(x + 2, kernel + (4 * TLanes.Count), ref l0, ref l1, ref l2, ref l3, ref l4, ref l5, ref h0, ref h1, ref h2, ref h3, ref h4, ref h5);
            }

            for (; tap > 0; tap--, x++, kernel += 2 * TLanes.Count)
                Add<TLanes, TChannels>(x, kernel, ref l0, ref l1, ref l2, ref l3, ref l4, ref l5, ref h0, ref h1, ref h2, ref h3, ref h4, ref h5);

            Store(l0, h0, products);
            Store(l1, h1, products + (2 * TLanes.Count));
            Store(l2, h2, products + (4 * TLanes.Count));
            Store(l3, h3, products + (6 * TLanes.Count));
            Store(l4, h4, products + (8 * TLanes.Count));
            Store(l5, h5, products + (10 * TLanes.Count));
        }
    }

    /// <summary>Adds the products of a tap in six pixels.</summary>
    /// <typeparam name="TLanes">The vectors to use.</typeparam>
    /// <typeparam name="TStep">Floats between pixels.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<TLanes, TStep>(
        float* x, float* kernel,
        ref TLanes l0, ref TLanes l1, ref TLanes l2, ref TLanes l3, ref TLanes l4, ref TLanes l5,
        ref TLanes h0, ref TLanes h1, ref TLanes h2, ref TLanes h3, ref TLanes h4, ref TLanes h5)
        where TLanes : unmanaged, ILanes<TLanes>
        where TStep : struct, IRowCount
    {
        TLanes low = TLanes.Load(kernel), high = TLanes.Load(kernel + TLanes.Count);
        Add(x, low, high, ref l0, ref h0);
        Add(x + TStep.Count, low, high, ref l1, ref h1);
        Add(x + (2 * TStep.Count), low, high, ref l2, ref h2);
        Add(x + (3 * TStep.Count), low, high, ref l3, ref h3);
        Add(x + (4 * TStep.Count), low, high, ref l4, ref h4);
        Add(x + (5 * TStep.Count), low, high, ref l5, ref h5);
    }

    /// <summary>The products of a pixel at one point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(float* products, int point)
        where TLanes : unmanaged, ILanes<TLanes> => TLanes.Load(products + (point * 2 * Pixels * TLanes.Count));

    /// <summary>Transforms the kernel [rows][kernel width][in][out].</summary>
    /// <param name="g">The convolution.</param>
    /// <param name="source">The kernel.</param>
    /// <param name="panels">Panels of output channels.</param>
    /// <param name="panel">Channels of a panel; the last one begins where it ends with the channels.</param>
    /// <param name="tapStride">Floats between the taps of a panel.</param>
    /// <param name="pointStride">Floats between its points.</param>
    /// <param name="target">Receives the panels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformKernel(
        in Conv2DGeometry g, float* source, int panels, int panel, int tapStride, int pointStride, float* target)
    {
        int taps = g.KernelWidth * g.InChannels;
        for (int i = 0; i < panels; i++, target += taps * WinogradTransform.Points * panel)
        {
            int first = Math.Min(i * panel, g.OutChannels - panel);
            for (int tap = 0; tap < taps; tap++)
            {
                for (int point = 0; point < WinogradTransform.Points; point++)
                {
                    float* from = source + (tap * g.OutChannels) + first, to = target + (tap * tapStride) + (point * pointStride);
                    for (int lane = 0; lane < panel; lane++)
                        to[lane] = (float)WinogradTransform.Filter(point, from + lane, (nint)taps * g.OutChannels, g.KernelHeight);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TLanes>(float* x, TLanes low, TLanes high, ref TLanes l, ref TLanes h)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes value = TLanes.Repeat(x);
        TLanes.AddProduct(value, low, ref l);
        TLanes.AddProduct(value, high, ref h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes>(TLanes low, TLanes high, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes.Store(low, target);
        TLanes.Store(high, target + TLanes.Count);
    }
}
