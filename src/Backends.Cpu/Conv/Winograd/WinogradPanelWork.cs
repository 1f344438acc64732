using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// <see cref="WinogradWork"/> for large kernels over few tiles. Transformed, such a kernel is four times as large and does not fit
/// a cache; written and read again for every block of tiles it would cost more than the products. So tiles are transformed
/// before (<see cref="WinogradInputWork"/>), and a shard, a panel of output channels for a group of rows of tiles, transforms 64
/// input channels of the kernel at a time (300 KiB, in L2), adds their products to all of its tiles' and throws them away.
/// </summary>
/// <param name="work">The convolution.</param>
/// <param name="kernel">The kernel.</param>
/// <param name="points">The transformed tiles.</param>
/// <param name="workspaces">What the shards work in, <see cref="WorkspaceSize"/> floats each.</param>
internal readonly unsafe struct WinogradPanelWork(WinogradWork work, WinogradKernelWork kernel, float* points, Workspaces workspaces) : IShardedWork
{
    private const int Steps = 64;
    private const int TilesOfGroup = 64;
    private const int EnoughShards = 8;
    private const int FewestTiles = 4;
    private const int MostTiles = 512;

    // Above, a transformed kernel does not fit L2; with many tiles it has to be twice as large to be worth it.
    private const int LargeKernel = 128 * 128;
    private const int FewTiles = 48;

    // Channels of the input come in whole vectors.
    private const int Lanes = 16;

    /// <summary>How many shards there are.</summary>
    public int Shards => GroupsOf(work) * work.Conv.Kernel.Count;

    // A line more: points at powers of two from each other would share few places in L1.
    private static nint KernelStride => (Steps * TileRows.MaxWidth) + Lanes;

    /// <summary>Whether this way takes a convolution with so many channels and tiles.</summary>
    public static bool Fits(int inChannels, int outChannels, long tiles) =>
        inChannels % Lanes == 0 && (long)inChannels * outChannels >= (tiles < FewTiles ? LargeKernel : 2 * LargeKernel) && tiles is >= FewestTiles and <= MostTiles;

    /// <summary>Floats that a thread works in.</summary>
    public static nint WorkspaceSize(in WinogradWork work)
    {
        int groups = GroupsOf(work);
        int tiles = (int)((work.TileRowCount + groups - 1) / groups) * work.TilesOfRow;
        nint products = WinogradTransform.Area * (nint)Pitch(tiles) * TileRows.MaxWidth;
        return (WinogradTransform.Area * KernelStride) + products + WinogradConv.BlockSize + Lanes;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int group, int panel) = Math.DivRem(shard, work.Conv.Kernel.Count);
        int groups = GroupsOf(work), tilesOfRow = work.TilesOfRow, channels = work.Conv.Channels;
        long firstRow = work.TileRowCount * group / groups, endRow = work.TileRowCount * (group + 1) / groups;
        int tiles = (int)(endRow - firstRow) * tilesOfRow, pitch = Pitch(tiles);
        _ = work.Conv.Kernel.Panel(panel, out _, out int width);
        float* weights = workspaces.Mine, products = weights + (WinogradTransform.Area * KernelStride);
        float* block = products + (WinogradTransform.Area * (nint)pitch * width);
        nint tileStride = WinogradInputWork.TileStride(work), pointStride = (nint)WinogradInputWork.PointStride(work);
        for (int first = 0; first < channels; first += Steps)
        {
            int steps = Math.Min(Steps, channels - first);
            for (int step = 0; step < steps; step += WinogradKernelWork.ChannelsOfBlock)
                kernel.Transform(first + step, Math.Min(WinogradKernelWork.ChannelsOfBlock, steps - step), panel, weights + (step * width), KernelStride);
            var operands = new TileOperands
            {
                A = points + ((nint)(firstRow * tilesOfRow) * tileStride) + first,
                RowStride = tileStride,
                StepStride = 1,
                Segments = 1,
                Length = steps,
                B = weights,
                StepB = width,
                C = products,
                StrideC = width,
                Start = first > 0 ? products : null,
                StrideStart = width,
            };
            for (int point = 0; point < WinogradTransform.Area; point++)
            {
                TileRows.Run(operands, tiles, width, width);
                operands.A += pointStride;
                operands.B += KernelStride;
                operands.C += (nint)pitch * width;
                operands.Start = first > 0 ? operands.C : null;
            }
        }

        int pieces = work.PiecesOfRow;
        for (long row = firstRow; row < endRow; row++)
        {
            for (int i = 0; i < pieces; i++)
            {
                int firstTile = tilesOfRow * i / pieces, count = (tilesOfRow * (i + 1) / pieces) - firstTile;
                work.Row(row, firstTile, pitch, ((int)(row - firstRow) * tilesOfRow) + firstTile, count, panel, products, block);
            }
        }
    }

    // Odd, for the same reason as the line more.
    private static int Pitch(int tiles) => tiles | 1;

    private static int GroupsOf(in WinogradWork work)
    {
        long tiles = work.TileRowCount * work.TilesOfRow;
        long groups = Math.Max((tiles + TilesOfGroup - 1) / TilesOfGroup, (EnoughShards + work.Conv.Kernel.Count - 1) / work.Conv.Kernel.Count);
        return (int)Math.Min(groups, work.TileRowCount);
    }
}
