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
    private static void Store<TLanes>(TLanes low, TLanes high, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes.Store(low, target);
        TLanes.Store(high, target + TLanes.Count);
    }
}
