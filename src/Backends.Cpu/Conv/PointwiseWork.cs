using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A convolution of 1 x 1 taps, or its input gradient: a matrix product of all pixels of a batch, one after the other. A block of pixels goes
/// past the kernel's panels while it, and what it writes, stay in L1 and L2. Meanwhile the next block comes there: first its input, then the
/// lines that it writes, which the machine reads before. Where strides leave gaps between pixels, or pixels are bytes, a block is copied. A
/// shard is a range of pixels; after its last block comes, most likely, the shard after those that the other threads have.
/// </summary>
/// <param name="geometry">The convolution.</param>
/// <param name="threads">How many threads there are; what they ask for ahead depends on it, results do not.</param>
internal unsafe struct PointwiseWork(in Conv2DGeometry geometry, int threads) : IShardedWork
{
    private const int MaxShards = 32;
    private const int FewestTiles = 2;
    private const int MostTiles = 16;

    // Of a block's input: 24 KiB stay in L1 while the panels pass by. With 16 registers a tile of them is done in half the time, and what a panel
    // costs to bring is shared by more: 96 KiB stay in L2, and a piece of 256 steps of a panel, 16 KiB, in L1. The sums between pieces are in
    // the output.
    private static int FloatsOfBlock => Simd.Registers == 32 ? 6 << 10 : 24 << 10;

    private static int StepsOfPiece => Simd.Registers == 32 ? int.MaxValue : 256;

    // Rows of so many floats, or of multiples of that, share so few places in L1 that a tile's twelve do not fit.
    private const int CrowdedStride = 1024;

    private const int LongPixel = 256;

    private readonly long _pixels = (long)geometry.Batch * geometry.OutHeight * geometry.OutWidth;

    /// <summary>The pixels that are read, if they lie one after the other.</summary>
    public float* X;

    /// <summary>Pixels that are read and copied, instead of <see cref="X"/>; null if there are none.</summary>
    public StridedPixels? Source;

    /// <summary>The packed kernel.</summary>
    public PackedPanels Kernel;

    /// <summary>One float an output channel, or null.</summary>
    public float* Bias;

    /// <summary>Whether to apply ReLU.</summary>
    public bool Relu;

    /// <summary>Where pixels are written, if they lie one after the other.</summary>
    public float* Y;

    /// <summary>Pixels with gaps between them that are written, instead of <see cref="Y"/>; null if there are none.</summary>
    public StridedPixels? Target;

    /// <summary>Room for a block of pixels that is copied, <see cref="WorkspaceSize"/> floats each.</summary>
    public Workspaces Workspaces;

    /// <summary>Floats that a thread works in.</summary>
    public readonly nint WorkspaceSize => SizeOfSource + (Target is null ? 0 : (((nint)PixelsOfBlock * Kernel.Columns) + 15) / 16 * 16);

    /// <summary>How many shards there are.</summary>
    public readonly int Shards => (int)Math.Min(MaxShards, (Tiles + TilesOfBlock - 1) / TilesOfBlock);

    private readonly nint SizeOfSource => Source is null ? 0 : ((PixelsOfBlock * Pitch) + 15) / 16 * 16;

    // Floats between rows of a copied block.
    private readonly nint Pitch => Kernel.Rows + (AreCrowded(Kernel.Rows) ? Prefetching.Line : 0);

    private readonly int TilesOfBlock => Math.Clamp(FloatsOfBlock / (TileRows.Height * Math.Max(Kernel.Rows, 1)), FewestTiles, MostTiles);

    private readonly int PixelsOfBlock => TilesOfBlock * TileRows.Height;

    private readonly long Tiles => (_pixels + TileRows.Height - 1) / TileRows.Height;

    /// <summary>Whether this way takes a convolution and its input gradient.</summary>
    public static bool Fits(in Conv2DGeometry g) => g is { KernelHeight: 1, KernelWidth: 1, Groups: 1, PadTop: 0, PadLeft: 0 };

    /// <summary>Whether it takes the convolution itself: short pixels with gaps between them are read faster where they lie.</summary>
    public static bool FitsForward(in Conv2DGeometry g) => Fits(g) && (!HasGaps(g) || g.InChannels >= LongPixel);

    /// <summary>Whether such a convolution leaves out pixels.</summary>
    public static bool HasGaps(in Conv2DGeometry g) => g.OutHeight != g.InHeight || g.OutWidth != g.InWidth;

    /// <summary>Whether pixels of so many channels are copied: where they lie, they would share few places in L1.</summary>
    public static bool AreCrowded(int channels) => channels > 0 && channels % CrowdedStride == 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int shard)
    {
        nint inChannels = Kernel.Rows, outChannels = Kernel.Columns, pitch = Pitch;
        int pieces = Math.Max((Kernel.Rows - 1) / StepsOfPiece, 0) + 1;
        bool copiesInput = Source is not null, copiesOutput = Target is not null;
        float* copy = copiesInput || copiesOutput ? Workspaces.Mine : null;
        long start = First(shard), end = First(shard + 1), next;

        // Blocks of equal size: a small one would bring all panels for little.
        long tiles = (end - start + TileRows.Height - 1) / TileRows.Height, blocks = (tiles + TilesOfBlock - 1) / TilesOfBlock;
        long most = (tiles + blocks - 1) / Math.Max(blocks, 1) * TileRows.Height;
        for (long first = start; first < end; first = next)
        {
            next = Math.Min(first + most, end);
            int count = (int)(next - first);
            float* input = copiesInput ? copy : X + ((nint)first * inChannels);
            float* output = copiesOutput ? copy + SizeOfSource : Y + ((nint)first * outChannels);
            Source?.Gather(first, count, copy, pitch);
            long ahead = next < end ? next : First(shard + threads), stop = Math.Min(ahead + most, next < end ? end : First(shard + threads + 1));
            float* aheadInput = X + ((nint)ahead * inChannels), stopInput = copiesInput ? aheadInput : X + ((nint)stop * inChannels);
            float* aheadOutput = Y + ((nint)ahead * outChannels), stopOutput = copiesOutput ? aheadOutput : Y + ((nint)stop * outChannels);
            nint floatsAhead = (nint)(stopInput - aheadInput) + (nint)(stopOutput - aheadOutput);
            nint pace = Prefetching.Pace(floatsAhead, inChannels * Kernel.Count * TileRows.Tiles(count, TileRows.MaxWidth));
            for (int unit = 0; unit < Kernel.Count * pieces; unit++)
            {
                (int piece, int panel) = Math.DivRem(unit, Kernel.Count);
                int step = (int)(inChannels * piece / pieces), steps = (int)(inChannels * (piece + 1) / pieces) - step;
                if (copiesInput && piece == 0)
                {
                    long asked = ahead + ((stop - ahead) * panel / Kernel.Count), ask = ahead + ((stop - ahead) * (panel + 1) / Kernel.Count);
                    Source!.Value.Ask(asked, (int)(ask - asked));
                }

                float* weights = Kernel.Panel(panel, out int columns, out int width);
                int channel = panel * TileRows.MaxWidth;
                nint lines = TileRows.Tiles(count, width) * steps * pace;
                bool readsInput = aheadInput < stopInput;
                var operands = new TileOperands
                {
                    A = input + step,
                    RowStride = copiesInput ? pitch : inChannels,
                    StepStride = 1,
                    Segments = 1,
                    Length = steps,
                    B = weights + (step * width),
                    StepB = width,
                    C = output + channel,
                    StrideC = outChannels,
                    Start = piece > 0 ? output + channel : Bias is null ? null : Bias + channel,
                    StrideStart = piece > 0 ? outChannels : 0,
                    AheadStep = pace,
                    Ahead = readsInput ? aheadInput : aheadOutput < stopOutput ? aheadOutput : null,
                };
                TileRows.Run(operands, count, columns, width);
                if (readsInput)
                    aheadInput += lines;
                else
                    aheadOutput += lines;
            }

            if (Relu)
                Epilogue.Relu(output, (nint)outChannels, count, (int)outChannels);
            Target?.Scatter(first, count, output);
        }
    }

    // The first pixel of a shard, or the end if there is no such shard.
    private readonly long First(int shard) => shard >= Shards ? _pixels : Tiles * shard / Shards * TileRows.Height;
}
