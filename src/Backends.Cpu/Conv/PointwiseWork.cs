using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A convolution of 1 x 1 taps without strides, or its input gradient: a matrix product of all pixels of a batch, one after the other. A block
/// of pixels goes past the kernel's panels while it, and what it writes, stay in L1 and L2. Meanwhile the next block comes there: first its
/// input, then the lines that it writes, which the machine reads before. A shard is a range of pixels.
/// </summary>
/// <param name="x">The pixels.</param>
/// <param name="kernel">The packed kernel.</param>
/// <param name="pixels">How many pixels there are.</param>
/// <param name="y">The output.</param>
/// <param name="bias">One float an output channel, or null.</param>
/// <param name="relu">Whether to apply ReLU.</param>
internal readonly unsafe struct PointwiseWork(float* x, PackedPanels kernel, long pixels, float* y, float* bias, bool relu) : IShardedWork
{
    private const int MaxShards = 32;
    private const int TilesOfBlock = 4;

    /// <summary>Whether this way takes a convolution and its input gradient.</summary>
    public static bool Fits(in Conv2DGeometry g) => g is { KernelHeight: 1, KernelWidth: 1, StrideH: 1, StrideW: 1, Groups: 1 };

    /// <summary>How many shards there are.</summary>
    public int Shards => (int)Math.Min(MaxShards, (Tiles + TilesOfBlock - 1) / TilesOfBlock);

    private static int PixelsOfBlock => TilesOfBlock * TileRows.Height;

    private long Tiles => (pixels + TileRows.Height - 1) / TileRows.Height;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        nint inChannels = kernel.Rows, outChannels = kernel.Columns;
        long first = Tiles * shard / Shards * TileRows.Height, end = Math.Min(Tiles * (shard + 1) / Shards * TileRows.Height, pixels);
        float* input = x + ((nint)first * inChannels), output = y + ((nint)first * outChannels);
        float* endOfInput = x + ((nint)end * inChannels), endOfOutput = y + ((nint)end * outChannels);
        int count;
        for (; first < end; first += count)
        {
            count = (int)Math.Min(PixelsOfBlock, end - first);
            float* nextInput = input + (count * inChannels), stopInput = Min(nextInput + (PixelsOfBlock * inChannels), endOfInput);
            float* nextOutput = output + (count * outChannels), stopOutput = Min(nextOutput + (PixelsOfBlock * outChannels), endOfOutput);
            float* aheadInput = nextInput, aheadOutput = nextOutput;
            for (int panel = 0; panel < kernel.Count; panel++)
            {
                float* weights = kernel.Panel(panel, out int columns, out int width);
                int channel = panel * TileRows.MaxWidth;
                nint lines = TileRows.Tiles(count, width) * inChannels * Prefetching.Line;
                ref float* ahead = ref aheadOutput;
                if (aheadInput < stopInput)
                    ahead = ref aheadInput;
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
                    Ahead = aheadInput < stopInput || aheadOutput < stopOutput ? ahead : null,
                };
                TileRows.Run(operands, count, columns, width);
                ahead += lines;
            }

            if (relu)
                Epilogue.Relu(output, (nint)outChannels, count, (int)outChannels);
            input = nextInput;
            output = nextOutput;
        }
    }

    private static float* Min(float* a, float* b) => a < b ? a : b;
}
