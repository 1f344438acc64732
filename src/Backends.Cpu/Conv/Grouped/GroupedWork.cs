using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A convolution in narrow groups, or its input gradient. A shard is a band of rows as in <see cref="ConvWork"/>; block by block of
/// groups, whose weights (9 KiB for 3 x 3 kernels and groups of 4) stay in L1 along the band.
/// </summary>
/// <param name="conv">Where inputs and outputs are; its kernel is not used.</param>
/// <param name="blocks">The blocks of groups.</param>
/// <param name="positions">The permutations [block][input][lane].</param>
/// <param name="weights">The weights [block][tap][input][lane].</param>
internal readonly unsafe struct GroupedWork(ConvWork conv, GroupBlocks blocks, float* positions, float* weights) : IShardedWork
{
    private const int MaxPixels = 8;
    private const int MaxLanes = 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        switch (blocks.Lanes)
        {
            case 4: Run<Lanes128>(shard); break;
            case 8: Run<Lanes256>(shard); break;
            default: Run<Lanes512>(shard); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TLanes>(int shard)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        conv.Band(shard, out int image, out int first, out int rows);
        float* y = conv.Y + (image * conv.ImageStrideY) + (first * conv.RowStrideY);
        float* x = conv.X.Image(image) + (first * conv.RowStep * conv.X.RowStride);
        for (int block = 0; block < blocks.Count; block++)
        {
            float* from = x + blocks.FirstFrom(block), to = y + blocks.FirstTo(block);
            for (int row = 0; row < rows; row++)
                Row<TLanes>(block, from + (row * conv.RowStep * conv.X.RowStride), to + (row * conv.RowStrideY));
        }

        conv.Finish(y, rows, blocks.Groups * blocks.To);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row<TLanes>(int block, float* source, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nint step = (nint)conv.ColumnStep * conv.X.Channels, targetStep = conv.PixelStrideY;
        int firstLane = blocks.FirstLane(block), endLane = blocks.EndLane(block);
        float* tile = stackalloc float[MaxPixels * MaxLanes];

        // What a block writes beyond its own lanes is the next block's to write; nothing is before them, and nothing after the last.
        bool direct = firstLane == 0 && (endLane == blocks.Lanes || block < blocks.Count - 1);
        int pixels;
        for (int pixel = 0; pixel < conv.OutWidth; pixel += pixels, source += pixels * step, target += pixels * targetStep)
        {
            int left = conv.OutWidth - pixel;
            pixels = Simd.Registers == 32 && left >= MaxPixels ? MaxPixels : left >= 4 ? 4 : left >= 2 ? 2 : 1;
            Tile<TLanes>(pixels, block, source, step, direct ? target : tile, direct ? targetStep : blocks.Lanes);
            for (int i = 0; i < pixels && !direct; i++)
            {
                for (int lane = firstLane; lane < endLane; lane++)
                    target[(i * targetStep) + lane] = tile[(i * blocks.Lanes) + lane];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tile<TLanes>(int pixels, int block, float* source, nint step, float* target, nint targetStep)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* at = positions + ((nint)block * blocks.From * blocks.Lanes);
        float* weight = weights + ((nint)block * conv.Segments * blocks.From * blocks.Lanes);
        switch (pixels)
        {
            case 8: GroupedTile.Run<TLanes, Rows.R8>(source, step, conv.Offsets, conv.Segments, blocks.From, at, weight, target, targetStep); break;
            case 4: GroupedTile.Run<TLanes, Rows.R4>(source, step, conv.Offsets, conv.Segments, blocks.From, at, weight, target, targetStep); break;
            case 2: GroupedTile.Run<TLanes, Rows.R2>(source, step, conv.Offsets, conv.Segments, blocks.From, at, weight, target, targetStep); break;
            default: GroupedTile.Run<TLanes, Rows.R1>(source, step, conv.Offsets, conv.Segments, blocks.From, at, weight, target, targetStep); break;
        }
    }
}
