using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Transforms a kernel of 3 x 3, 4 x 4 or 5 x 5 taps for <see cref="WinogradConv"/> and packs it: panels of one tile's width, in each the
/// 36 points one after the other as [in][width], zeros after the last column. In double precision, so that every weight is
/// rounded once. A shard is a block of input channels of one panel, whose taps are brought together before: they lie far apart.
/// </summary>
/// <param name="kernel">[size][size][in][out] for the convolution itself.</param>
/// <param name="size">Rows and columns of taps: 3 to 5.</param>
/// <param name="turned">
/// Whether the kernel is wanted for the input gradient: taps in reverse, and its [in] taken as the output channels.
/// </param>
/// <param name="inChannels">Channels that go in; with <paramref name="turned"/> the kernel's outputs.</param>
/// <param name="outChannels">Channels that come out.</param>
internal readonly unsafe struct WinogradKernelWork(float* kernel, int size, bool turned, int inChannels, int outChannels) : IShardedWork
{
    /// <summary>Input channels whose taps are brought together.</summary>
    public const int ChannelsOfBlock = 16;

    // At least a register of doubles.
    private const int FewestColumns = 8;

    /// <summary>The packed kernel, <see cref="WinogradConv.KernelSize"/> floats.</summary>
    public float* Target { get; init; }

    /// <summary>Floats between rows of the kernel, one an input channel.</summary>
    public int RowLength { get; init; } = turned ? inChannels : outChannels;

    /// <summary>How many kernels of that size there are; they are packed one after the other.</summary>
    public int Kernels { get; init; } = 1;

    /// <summary>Floats from one kernel to the next.</summary>
    public nint NextKernel { get; init; }

    /// <summary>How many shards there are.</summary>
    public int Shards => Kernels * ShardsOfKernel;

    private int ShardsOfKernel => BlockCount * Panels.Count;

    private int BlockCount => (inChannels + ChannelsOfBlock - 1) / ChannelsOfBlock;

    private PackedPanels Panels => new(Target, WinogradTransform.Area * inChannels, outChannels);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int index, int shardOfKernel) = Math.DivRem(shard, ShardsOfKernel);
        (int panel, int block) = Math.DivRem(shardOfKernel, BlockCount);
        int first = block * ChannelsOfBlock, count = Math.Min(ChannelsOfBlock, inChannels - first);
        float* data = Panels.Panel(panel, out _, out int width) + (index * WinogradConv.KernelSize(inChannels, outChannels)) + (first * width);
        nint stride = (ChannelsOfBlock * width) + FewestColumns;
        float* points = stackalloc float[WinogradTransform.Area * (int)stride];

        // The points lie at powers of two from each other, where few lines fit the cache: whole blocks go there at once.
        Transform(kernel + (index * NextKernel), first, count, panel, points, stride);
        for (int point = 0; point < WinogradTransform.Area; point++, points += stride, data += (nint)inChannels * width)
            new ReadOnlySpan<float>(points, count * width).CopyTo(new Span<float>(data, count * width));
    }

    /// <summary>Transforms what some input channels give to one panel of output channels.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many, at most <see cref="ChannelsOfBlock"/>.</param>
    /// <param name="panel">Which panel.</param>
    /// <param name="target">Receives [count][width] floats a point, and up to 6 more.</param>
    /// <param name="stride">Floats between points there.</param>
    public void Transform(int first, int count, int panel, float* target, nint stride) => Transform(kernel, first, count, panel, target, stride);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transform(float* kernel, int first, int count, int panel, float* target, nint stride)
    {
        const int FloatsOfLine = 16;
        _ = Panels.Panel(panel, out int columns, out int width);
        int tapCount = size * size, tapStride = ((ChannelsOfBlock * width) + FewestColumns + FloatsOfLine - 1) / FloatsOfLine * FloatsOfLine;
        float* memory = stackalloc float[(tapCount * tapStride) + FloatsOfLine];
        float* taps = (float*)(((nuint)memory + (FloatsOfLine * sizeof(float)) - 1) & ~(nuint)((FloatsOfLine * sizeof(float)) - 1));
        for (int tap = 0; tap < tapCount; tap++)
        {
            float* source = kernel + ((turned ? tapCount - 1 - tap : tap) * (nint)(turned ? outChannels : inChannels) * RowLength);
            source += turned ? (panel * TileRows.MaxWidth * (nint)RowLength) + first : (first * (nint)RowLength) + (panel * TileRows.MaxWidth);
            new PackedPanels(taps + (tap * tapStride), count, columns).Pack(0, 0, count, source, turned ? 1 : RowLength, turned ? RowLength : 1);
        }

        for (int channel = 0; channel < count; channel++, taps += width, target += width)
        {
            if (size == 3 && Simd.Level == SimdLevel.Avx512)
                Transform3<Doubles512>(taps, tapStride, width, target, stride);
            else if (size == 3)
                Transform3<Doubles256>(taps, tapStride, width, target, stride);
            else if (size == 4 && Simd.Level == SimdLevel.Avx512)
                Transform4<Doubles512>(taps, tapStride, width, target, stride);
            else if (size == 4)
                Transform4<Doubles256>(taps, tapStride, width, target, stride);
            else if (Simd.Level == SimdLevel.Avx512)
                Transform5<Doubles512>(taps, tapStride, width, target, stride);
            else
                Transform5<Doubles256>(taps, tapStride, width, target, stride);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transform3<T>(float* taps, nint tapStride, int width, float* target, nint stride)
        where T : unmanaged, IDoubles<T>
    {
        T* half = stackalloc T[3 * WinogradTransform.Points];
        for (int column = 0; column < width; column += T.Count)
        {
            float* from = taps + column, to = target + column;
            T* row = half;
            for (int j = 0; j < 3; j++, from += tapStride, row++)
            {
                WinogradTransform.Filter(
                    T.Load(from), T.Load(from + (3 * tapStride)), T.Load(from + (6 * tapStride)),
                    out row[0], out row[3], out row[6], out row[9], out row[12], out row[15]);
            }

            row = half;
            for (int i = 0; i < WinogradTransform.Points; i++, row += 3, to += WinogradTransform.Points * stride)
            {
                WinogradTransform.Filter(row[0], row[1], row[2], out T p0, out T p1, out T p2, out T p3, out T p4, out T p5);
                Store(p0, p1, p2, p3, p4, p5, to, stride);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transform4<T>(float* taps, nint tapStride, int width, float* target, nint stride)
        where T : unmanaged, IDoubles<T>
    {
        T* half = stackalloc T[4 * WinogradTransform.Points];
        for (int column = 0; column < width; column += T.Count)
        {
            float* from = taps + column, to = target + column;
            T* row = half;
            for (int j = 0; j < 4; j++, from += tapStride, row++)
            {
                WinogradTransform.Filter(
                    T.Load(from), T.Load(from + (4 * tapStride)), T.Load(from + (8 * tapStride)), T.Load(from + (12 * tapStride)),
                    out row[0], out row[4], out row[8], out row[12], out row[16], out row[20]);
            }

            row = half;
            for (int i = 0; i < WinogradTransform.Points; i++, row += 4, to += WinogradTransform.Points * stride)
            {
                WinogradTransform.Filter(row[0], row[1], row[2], row[3], out T p0, out T p1, out T p2, out T p3, out T p4, out T p5);
                Store(p0, p1, p2, p3, p4, p5, to, stride);
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transform5<T>(float* taps, nint tapStride, int width, float* target, nint stride)
        where T : unmanaged, IDoubles<T>
    {
        T* half = stackalloc T[5 * WinogradTransform.Points];
        for (int column = 0; column < width; column += T.Count)
        {
            float* from = taps + column, to = target + column;
            T* row = half;
            for (int j = 0; j < 5; j++, from += tapStride, row++)
            {
                WinogradTransform.Filter(
                    T.Load(from), T.Load(from + (5 * tapStride)), T.Load(from + (10 * tapStride)), T.Load(from + (15 * tapStride)), T.Load(from + (20 * tapStride)),
                    out row[0], out row[5], out row[10], out row[15], out row[20], out row[25]);
            }

            row = half;
            for (int i = 0; i < WinogradTransform.Points; i++, row += 5, to += WinogradTransform.Points * stride)
            {
                WinogradTransform.Filter(row[0], row[1], row[2], row[3], row[4], out T p0, out T p1, out T p2, out T p3, out T p4, out T p5);
                Store(p0, p1, p2, p3, p4, p5, to, stride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(T p0, T p1, T p2, T p3, T p4, T p5, float* target, nint stride)
        where T : unmanaged, IDoubles<T>
    {
        T.Store(p0, target);
        T.Store(p1, target + stride);
        T.Store(p2, target + (2 * stride));
        T.Store(p3, target + (3 * stride));
        T.Store(p4, target + (4 * stride));
        T.Store(p5, target + (5 * stride));
    }
}
