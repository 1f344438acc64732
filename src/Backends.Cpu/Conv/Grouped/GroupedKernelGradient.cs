using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The kernel gradient of a convolution in narrow groups: for a tap and a block of groups, one sum a group's input stays in registers along
/// a row of pixels, and each pixel's inputs are permuted to the outputs of their group. A shard is a range of rows of output and
/// makes a partial result [block][tap][input][lane], a few floats a channel that stay in L1.
/// </summary>
internal readonly unsafe struct GroupedKernelGradient(
    Conv2DGeometry g, PaddedImages x, ConvTaps taps, GroupBlocks blocks, float* dy, float* positions, float* partials, int shards) : IShardedWork
{
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
        float* partial = partials + (shard * blocks.Size(taps.Segments));
        new Span<float>(partial, (int)blocks.Size(taps.Segments)).Clear();
        long rows = (long)g.Batch * g.OutHeight, end = rows * (shard + 1) / shards;
        for (long row = rows * shard / shards; row < end; row++)
        {
            (long image, long outRow) = Math.DivRem(row, g.OutHeight);
            float* source = x.Image((int)image) + ((nint)outRow * g.StrideH * x.RowStride), gradient = dy + ((nint)row * g.OutWidth * g.OutChannels);
            float* sums = partial;
            for (int block = 0; block < blocks.Count; block++)
            {
                float* from = source + blocks.FirstFrom(block), outer = gradient + blocks.FirstTo(block);
                float* at = positions + ((nint)block * blocks.From * blocks.Lanes);
                for (int tap = 0; tap < taps.Segments; tap++, sums += blocks.From * blocks.Lanes)
                    Sum<TLanes>(from + taps.Offsets[tap], outer, at, sums);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum<TLanes>(float* source, float* gradient, float* at, float* sums)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        switch (blocks.From)
        {
            case 1: Sum<TLanes, Rows.R1>(source, gradient, at, sums); break;
            case 2: Sum<TLanes, Rows.R2>(source, gradient, at, sums); break;
            case 3: Sum<TLanes, Rows.R3>(source, gradient, at, sums); break;
            case 4: Sum<TLanes, Rows.R4>(source, gradient, at, sums); break;
            case 5: Sum<TLanes, Rows.R5>(source, gradient, at, sums); break;
            case 6: Sum<TLanes, Rows.R6>(source, gradient, at, sums); break;
            case 7: Sum<TLanes, Rows.R7>(source, gradient, at, sums); break;
            default: Sum<TLanes, Rows.R8>(source, gradient, at, sums); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum<TLanes, TInputs>(float* source, float* gradient, float* at, float* sums)
        where TLanes : unmanaged, ILanes<TLanes>
        where TInputs : struct, IRowCount
    {
        int inputs = TInputs.Count;
        nint step = (nint)g.StrideW * x.Channels, channels = g.OutChannels;
        TLanes p0 = TLanes.Load(at), s0 = TLanes.Load(sums);
        TLanes p1 = inputs > 1 ? TLanes.Load(at + (1 * TLanes.Count)) : TLanes.Zero, s1 = inputs > 1 ? TLanes.Load(sums + (1 * TLanes.Count)) : TLanes.Zero;
        TLanes p2 = inputs > 2 ? TLanes.Load(at + (2 * TLanes.Count)) : TLanes.Zero, s2 = inputs > 2 ? TLanes.Load(sums + (2 * TLanes.Count)) : TLanes.Zero;
        TLanes p3 = inputs > 3 ? TLanes.Load(at + (3 * TLanes.Count)) : TLanes.Zero, s3 = inputs > 3 ? TLanes.Load(sums + (3 * TLanes.Count)) : TLanes.Zero;
        TLanes p4 = inputs > 4 ? TLanes.Load(at + (4 * TLanes.Count)) : TLanes.Zero, s4 = inputs > 4 ? TLanes.Load(sums + (4 * TLanes.Count)) : TLanes.Zero;
        TLanes p5 = inputs > 5 ? TLanes.Load(at + (5 * TLanes.Count)) : TLanes.Zero, s5 = inputs > 5 ? TLanes.Load(sums + (5 * TLanes.Count)) : TLanes.Zero;
        TLanes p6 = inputs > 6 ? TLanes.Load(at + (6 * TLanes.Count)) : TLanes.Zero, s6 = inputs > 6 ? TLanes.Load(sums + (6 * TLanes.Count)) : TLanes.Zero;
        TLanes p7 = inputs > 7 ? TLanes.Load(at + (7 * TLanes.Count)) : TLanes.Zero, s7 = inputs > 7 ? TLanes.Load(sums + (7 * TLanes.Count)) : TLanes.Zero;
        for (int pixel = g.OutWidth; pixel > 0; pixel--, source += step, gradient += channels)
        {
            TLanes value = TLanes.Load(source), outer = TLanes.Load(gradient);
            TLanes.AddProduct(outer, TLanes.Permute(value, p0), ref s0);
            if (inputs > 1)
                TLanes.AddProduct(outer, TLanes.Permute(value, p1), ref s1);
            if (inputs > 2)
                TLanes.AddProduct(outer, TLanes.Permute(value, p2), ref s2);
            if (inputs > 3)
                TLanes.AddProduct(outer, TLanes.Permute(value, p3), ref s3);
            if (inputs > 4)
                TLanes.AddProduct(outer, TLanes.Permute(value, p4), ref s4);
            if (inputs > 5)
                TLanes.AddProduct(outer, TLanes.Permute(value, p5), ref s5);
            if (inputs > 6)
                TLanes.AddProduct(outer, TLanes.Permute(value, p6), ref s6);
            if (inputs > 7)
                TLanes.AddProduct(outer, TLanes.Permute(value, p7), ref s7);
        }

        TLanes.Store(s0, sums);
        if (inputs > 1)
            TLanes.Store(s1, sums + (1 * TLanes.Count));
        if (inputs > 2)
            TLanes.Store(s2, sums + (2 * TLanes.Count));
        if (inputs > 3)
            TLanes.Store(s3, sums + (3 * TLanes.Count));
        if (inputs > 4)
            TLanes.Store(s4, sums + (4 * TLanes.Count));
        if (inputs > 5)
            TLanes.Store(s5, sums + (5 * TLanes.Count));
        if (inputs > 6)
            TLanes.Store(s6, sums + (6 * TLanes.Count));
        if (inputs > 7)
            TLanes.Store(s7, sums + (7 * TLanes.Count));
    }
}
