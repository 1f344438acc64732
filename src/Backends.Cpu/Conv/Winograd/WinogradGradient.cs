using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The kernel gradient of a convolution of 3 x 3 or 5 x 5 taps by Winograd's F(3 x 3, 4 x 4) or F(5 x 5, 2 x 2): a tile of 4 x 4 or 2 x 2 pixels of the
/// output's gradient are the taps, the 6 x 6 pixels of the input that they belong to give the sums, with 36 multiplications a channel pair
/// instead of 144 or 100. The products of all tiles are added before the transform back, which is done once. A dilated convolution's pixels
/// are taken phase by phase, as <see cref="WinogradRows"/> has them.
/// <para>
/// A run of rows of tiles, some 8 MiB of transformed tiles, which stay in the last cache, is taken at a time: <see cref="WinogradGradientTilesWork"/>
/// transforms it, <see cref="WinogradGradientWork"/> multiplies it. Where channels are few, a thread does both with some 48 tiles in its L2
/// (<see cref="WinogradGradientRowsWork"/>).
/// </para>
/// </summary>
internal unsafe struct WinogradGradient
{
    private const int FewestTiles = 16;
    private const long FloatsOfRun = 2 << 20;

    // So many tiles make loading and storing a sum cheap; of partial sums each is written and read again.
    private const int TilesOfPart = 48;

    // Of a thread's tiles: 48 x 36 x 64 floats, 432 KiB, stay in L2 beside the products.
    private const int ChannelsOfThread = 64;
    private const int OutChannelsOfThread = 32;
    private const int TilesOfThread = 64;

    // Of a shard's products: 36 x 64 x 32 floats, 288 KiB, stay in L2.
    private const int RowsOfShard = 64;

    /// <summary>Most partial sums.</summary>
    public const int EnoughShards = 32;

    /// <summary>The input.</summary>
    public WinogradConv Input;

    /// <summary>The gradient of the output.</summary>
    public WinogradGradientRows Taps;

    /// <summary>Channels of the input.</summary>
    public int InChannels;

    /// <summary>Channels of the output.</summary>
    public int OutChannels;

    /// <summary>Rows of tiles in a picture, or in one phase of it.</summary>
    public int TileRows;

    /// <summary>Tiles of a row.</summary>
    public int TilesOfRow;

    /// <summary>Rows of tiles in all phases of all pictures.</summary>
    public int AllRows;

    /// <summary>How many tiles there is room for at each point.</summary>
    public int Room;

    /// <summary>The transformed input: [36][tiles][channels].</summary>
    public float* InputPoints;

    /// <summary>The transformed gradient: [36][tiles][channels].</summary>
    public float* TapPoints;

    /// <summary>Whether this way takes a kernel gradient, and is the faster one.</summary>
    public static bool Fits(in Conv2DGeometry g)
    {
        if (g is not { KernelHeight: 3 or 5, StrideH: 1, StrideW: 1, Groups: 1, InChannels: >= 8, OutChannels: >= 8 } || g.KernelWidth != g.KernelHeight)
            return false;
        int side = WinogradTransform.OutputsOf(g.KernelHeight);
        long pixels = (long)g.Batch * g.OutHeight * g.OutWidth;
        long tiles = WinogradConv.TilesOf(g, g.OutHeight, g.OutWidth);
        return tiles >= FewestTiles && tiles * side * side <= 2 * pixels;
    }

    /// <summary>Taps of the kernel along an axis.</summary>
    public readonly int KernelTaps => WinogradTransform.OutputsOf(Input.Outputs);

    /// <summary>Floats between tiles of the input: whole cache lines.</summary>
    public readonly nint InputStride => StrideOf(InChannels);

    /// <summary>Floats between tiles of the gradient.</summary>
    public readonly nint TapStride => StrideOf(OutChannels);

    /// <summary>Whether a thread has room for all that some tiles need.</summary>
    public readonly bool FitsThread => BlocksOfInput == 1 && OutChannels <= OutChannelsOfThread && InputStride + TapStride <= ChannelsOfThread && TilesOfRow <= TilesOfThread;

    /// <summary>Rows of tiles that such a thread takes at a time.</summary>
    public readonly int RowsOfThread => Math.Max(TilesOfPart / TilesOfRow, 1);

    /// <summary>Floats of the transformed input of all tiles that there is room for.</summary>
    public readonly nint InputSize => WinogradTransform.Area * Room * InputStride;

    /// <summary>Floats of their transformed gradient.</summary>
    public readonly nint TapSize => WinogradTransform.Area * Room * TapStride;

    /// <summary>Floats that <see cref="Transform"/> works in.</summary>
    public readonly nint TransformSize => (Math.Max(Input.RowsSize, Taps.WorkspaceSize) + 15) / 16 * 16;

    /// <summary>Rows of tiles that are taken at a time.</summary>
    public readonly int RowsOfRun
    {
        get
        {
            long most = Math.Max(FloatsOfRun / (WinogradTransform.Area * (InputStride + TapStride) * TilesOfRow), 1), runs = (AllRows + most - 1) / most;
            return (int)((AllRows + runs - 1) / runs);
        }
    }

    /// <summary>Most tiles that are taken at a time.</summary>
    public readonly int TilesOfRun => RowsOfRun * TilesOfRow;

    /// <summary>How many partial sums to make.</summary>
    public readonly int Parts => Math.Clamp(Math.Min(EnoughShards / Blocks, TilesOfRun / TilesOfPart), 1, EnoughShards);

    /// <summary>Blocks of the kernel that are shards.</summary>
    public readonly int Blocks => BlocksOfInput * PanelsOfOutput;

    /// <summary>The same along the input's channels.</summary>
    public readonly int BlocksOfInput => (InChannels + RowsOfShard - 1) / RowsOfShard;

    /// <summary>The same along the output's.</summary>
    public readonly int PanelsOfOutput => (OutChannels + Cpu.TileRows.MaxWidth - 1) / Cpu.TileRows.MaxWidth;

    /// <summary>The first channel of a block of the input's; of the one after the last, the end.</summary>
    public readonly int FirstInput(int block) => (int)((long)InChannels * block / BlocksOfInput);

    /// <summary>Transforms a row of tiles.</summary>
    /// <param name="row">Which, all phases' of all pictures counted.</param>
    /// <param name="place">Where its first tile goes.</param>
    /// <param name="workspace"><see cref="TransformSize"/> floats, at a cache line.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Transform(int row, nint place, float* workspace)
    {
        (int image, int tileRow) = Math.DivRem(row, TileRows);
        int pieces = WinogradConv.Pieces(TilesOfRow);
        for (int piece = 0; piece < pieces; piece++)
        {
            int first = TilesOfRow * piece / pieces, count = (TilesOfRow * (piece + 1) / pieces) - first;
            Input.Transform(image, tileRow, first, count, workspace, InputPoints + ((place + first) * InputStride), InputStride, Room * InputStride);
            Taps.Transform(image, tileRow, first, count, workspace, TapPoints + ((place + first) * TapStride), TapStride, Room * TapStride);
        }
    }

    // A line more where tiles would lie at powers of two from each other, which share few places in L1.
    private static nint StrideOf(int channels)
    {
        int whole = (channels + 15) / 16 * 16;
        return whole % 64 == 0 ? whole + 16 : whole;
    }

    /// <summary>Floats of the kernel.</summary>
    public readonly nint KernelSize => KernelTaps * KernelTaps * (nint)InChannels * OutChannels;

    /// <summary>Floats of the products of a block.</summary>
    public static nint ProductsSize => WinogradTransform.Area * ((RowsOfShard * (nint)Cpu.TileRows.MaxWidth) + 16);
}
