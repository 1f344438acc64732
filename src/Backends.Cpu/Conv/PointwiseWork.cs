using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A convolution of 1 x 1 taps without strides, or its input gradient: a matrix product of all pixels of a batch, one after the other. A block
/// of pixels goes past the kernel's panels while it, and what it writes, stay in L1 and L2. Meanwhile the next block comes there: first its
/// input, then the lines that it writes, which the machine reads before. A shard is a range of pixels; after its last block comes, most likely,
/// the shard after those that the other threads have.
/// </summary>
/// <param name="x">The pixels.</param>
/// <param name="kernel">The packed kernel.</param>
/// <param name="pixels">How many pixels there are.</param>
/// <param name="y">The output.</param>
/// <param name="bias">One float an output channel, or null.</param>
/// <param name="relu">Whether to apply ReLU.</param>
/// <param name="threads">How many threads there are; what they ask for ahead depends on it, results do not.</param>
internal readonly unsafe struct PointwiseWork(float* x, PackedPanels kernel, long pixels, float* y, float* bias, bool relu, int threads) : IShardedWork
{
    private const int MaxShards = 32;
    private const int FewestTiles = 4;
    private const int MostTiles = 16;

    // Of a block's input: 24 KiB stay in L1 while the panels pass by.
    private const int FloatsOfBlock = 6 << 10;

    /// <summary>Whether this way takes a convolution and its input gradient.</summary>
    public static bool Fits(in Conv2DGeometry g) => g is { KernelHeight: 1, KernelWidth: 1, StrideH: 1, StrideW: 1, Groups: 1 };

    /// <summary>How many shards there are.</summary>
    public int Shards => (int)Math.Min(MaxShards, (Tiles + TilesOfBlock - 1) / TilesOfBlock);

    private int TilesOfBlock => Math.Clamp(FloatsOfBlock / (TileRows.Height * Math.Max(kernel.Rows, 1)), FewestTiles, MostTiles);

    private int PixelsOfBlock => TilesOfBlock * TileRows.Height;

    private long Tiles => (pixels + TileRows.Height - 1) / TileRows.Height;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        nint inChannels = kernel.Rows, outChannels = kernel.Columns;
        long end = First(shard + 1), next;
        for (long first = First(shard); first < end; first = next)
        {
            next = Math.Min(first + PixelsOfBlock, end);
            int count = (int)(next - first);
            float* input = x + ((nint)first * inChannels), output = y + ((nint)first * outChannels);
            long ahead = next < end ? next : First(shard + threads), stop = Math.Min(ahead + PixelsOfBlock, next < end ? end : First(shard + threads + 1));
            float* aheadInput = x + ((nint)ahead * inChannels), stopInput = x + ((nint)stop * inChannels);
            float* aheadOutput = y + ((nint)ahead * outChannels), stopOutput = y + ((nint)stop * outChannels);
            for (int panel = 0; panel < kernel.Count; panel++)
            {
                float* weights = kernel.Panel(panel, out int columns, out int width);
                int channel = panel * TileRows.MaxWidth;
                nint lines = TileRows.Tiles(count, width) * inChannels * Prefetching.Line;
                bool readsInput = aheadInput < stopInput;
                var operands = new TileOperands
                {
                    A = input,
                    RowStride = inChannels,
                    StepStride = 1,
                    Segments = 1,
                    Length = (int)inChannels,
                    B = weights,
                    StepB = width,
                    C = output + channel,
                    StrideC = outChannels,
                    Start = bias is null ? null : bias + channel,
                    Ahead = readsInput ? aheadInput : aheadOutput < stopOutput ? aheadOutput : null,
                };
                TileRows.Run(operands, count, columns, width);
                if (readsInput)
                    aheadInput += lines;
                else
                    aheadOutput += lines;
            }

            if (relu)
                Epilogue.Relu(output, (nint)outChannels, count, (int)outChannels);
        }
    }

    // The first pixel of a shard, or the end if there is no such shard.
    private long First(int shard) => shard >= Shards ? pixels : Tiles * shard / Shards * TileRows.Height;
}
