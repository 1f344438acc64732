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
            Pair<TLanes> p0 = Pair<TLanes>.Zero, p1 = p0, p2 = p0, p3 = p0, p4 = p0, p5 = p0;
            Add<TLanes, TChannels>(rows, kernel, taps, ref p0, ref p1, ref p2, ref p3, ref p4, ref p5);
            kernel += taps * 2 * TLanes.Count;
            Pair<TLanes>.Store(p0, products);
            Pair<TLanes>.Store(p1, products + (2 * TLanes.Count));
            Pair<TLanes>.Store(p2, products + (4 * TLanes.Count));
            Pair<TLanes>.Store(p3, products + (6 * TLanes.Count));
            Pair<TLanes>.Store(p4, products + (8 * TLanes.Count));
            Pair<TLanes>.Store(p5, products + (10 * TLanes.Count));
        }
    }

    /// <summary>Adds the products of a row of taps in six pixels.</summary>
    /// <typeparam name="TLanes">The vectors to use.</typeparam>
    /// <typeparam name="TStep">Floats between pixels.</typeparam>
    /// <param name="x">The first pixel's first input.</param>
    /// <param name="kernel">The taps' weights, two vectors each.</param>
    /// <param name="taps">How many taps.</param>
    /// <param name="p0">The first pixel's sums.</param>
    /// <param name="p1">The second one's.</param>
    /// <param name="p2">The third one's.</param>
    /// <param name="p3">The fourth one's.</param>
    /// <param name="p4">The fifth one's.</param>
    /// <param name="p5">The last one's.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<TLanes, TStep>(
        float* x, float* kernel, int taps,
        ref Pair<TLanes> p0, ref Pair<TLanes> p1, ref Pair<TLanes> p2, ref Pair<TLanes> p3, ref Pair<TLanes> p4, ref Pair<TLanes> p5)
        where TLanes : unmanaged, ILanes<TLanes>
        where TStep : struct, IRowCount
    {
        for (; taps >= 3; taps -= 3, x += 3, kernel += 6 * TLanes.Count)
        {
            AddTap<TLanes, TStep>(x, kernel, 0, ref p0, ref p1, ref p2, ref p3, ref p4, ref p5);
            AddTap<TLanes, TStep>(x, kernel, 1, ref p0, ref p1, ref p2, ref p3, ref p4, ref p5);
            AddTap<TLanes, TStep>(x, kernel, 2, ref p0, ref p1, ref p2, ref p3, ref p4, ref p5);
        }

        for (; taps > 0; taps--, x++, kernel += 2 * TLanes.Count)
            AddTap<TLanes, TStep>(x, kernel, 0, ref p0, ref p1, ref p2, ref p3, ref p4, ref p5);
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
    private static void AddTap<TLanes, TStep>(
        float* x, float* kernel, int tap,
        ref Pair<TLanes> p0, ref Pair<TLanes> p1, ref Pair<TLanes> p2, ref Pair<TLanes> p3, ref Pair<TLanes> p4, ref Pair<TLanes> p5)
        where TLanes : unmanaged, ILanes<TLanes>
        where TStep : struct, IRowCount
    {
        Pair<TLanes> weights = Pair<TLanes>.Load(kernel, tap);
        Pair<TLanes>.AddProduct(x + tap, weights, ref p0);
        Pair<TLanes>.AddProduct(x + TStep.Count + tap, weights, ref p1);
        Pair<TLanes>.AddProduct(x + (2 * TStep.Count) + tap, weights, ref p2);
        Pair<TLanes>.AddProduct(x + (3 * TStep.Count) + tap, weights, ref p3);
        Pair<TLanes>.AddProduct(x + (4 * TStep.Count) + tap, weights, ref p4);
        Pair<TLanes>.AddProduct(x + (5 * TStep.Count) + tap, weights, ref p5);
    }
}
