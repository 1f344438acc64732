using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// How narrow channel groups share vectors: a block is as many neighbouring groups as a vector holds on either side. The block's
/// inputs and outputs are a vector each; a permutation brings input k of its group to every output. A last block that would
/// reach beyond the pixel starts before its first channel, and some of its lanes belong to the block before.
/// </summary>
/// <param name="Groups">Channel groups.</param>
/// <param name="From">Channels that a group reads.</param>
/// <param name="To">Channels that a group writes.</param>
/// <param name="Lanes">Floats of a vector.</param>
internal readonly record struct GroupBlocks(int Groups, int From, int To, int Lanes)
{
    // Wider groups fill a tile of their own.
    private const int Widest = 8;

    /// <summary>How many blocks there are.</summary>
    public int Count => (Groups + GroupsOfBlock - 1) / GroupsOfBlock;

    private int GroupsOfBlock => Lanes / Math.Max(From, To);

    /// <summary>Floats of the weights, or of the permutations' positions, of so many taps.</summary>
    public long Size(int taps) => (long)Count * taps * From * Lanes;

    /// <summary>The blocks of a convolution; fewer than 4 lanes where it has none.</summary>
    public static GroupBlocks Of(in Conv2DGeometry g)
    {
        int lanes = Simd.Level switch
        {
            SimdLevel.Scalar => 1,
            SimdLevel.Vector128 => 4,
            SimdLevel.Avx2 => 8,
            _ => 16,
        };
        while (lanes > Math.Min(g.InChannels, g.OutChannels))
            lanes /= 2;
        return new(g.Groups, g.GroupInChannels, g.GroupOutChannels, lanes);
    }

    /// <summary>Whether groups are narrow enough to share vectors.</summary>
    public static bool Fits(in Conv2DGeometry g) =>
        g.Groups > 1 && Math.Max(g.GroupInChannels, g.GroupOutChannels) <= Math.Min(Widest, Of(g).Lanes) && Of(g).Lanes >= 4;

    /// <summary>The same groups with their two sides exchanged, as the input gradient has them.</summary>
    public GroupBlocks Turned => new(Groups, To, From, Lanes);

    /// <summary>The channel of a block's first lane among those that are read.</summary>
    public int FirstFrom(int block) => Math.Min(block * GroupsOfBlock * From, (Groups * From) - Lanes);

    /// <summary>The channel of a block's first lane among those that are written.</summary>
    public int FirstTo(int block) => Math.Min(block * GroupsOfBlock * To, (Groups * To) - Lanes);

    /// <summary>The first lane whose output is the block's own.</summary>
    public int FirstLane(int block) => (block * GroupsOfBlock * To) - FirstTo(block);

    /// <summary>After the last such lane.</summary>
    public int EndLane(int block) => (Math.Min((block + 1) * GroupsOfBlock, Groups) * To) - FirstTo(block);

    /// <summary>Writes the permutations' positions [block][k][lane] as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void WritePositions(int* target)
    {
        for (int block = 0; block < Count; block++)
        {
            int first = FirstLane(block), end = EndLane(block);
            for (int lane = 0; lane < Lanes; lane++)
            {
                int group = (FirstTo(block) + lane) / To, position = (group * From) - FirstFrom(block);
                for (int k = 0; k < From; k++)
                    target[(k * Lanes) + lane] = lane >= first && lane < end ? position + k : 0;
            }

            target += From * Lanes;
        }
    }
}
