using System.Numerics;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>vote.sync.ballot.b32: each lane gets the lanes, as bits, whose predicate is true.</summary>
/// <param name="d">Row written.</param>
/// <param name="predicate">Row read.</param>
/// <param name="members">The lanes that take part.</param>
internal sealed class BallotInstruction(int d, int predicate, uint members) : WarpInstruction
{
    public override bool IsComplete(Warp warp, uint active) => (active & members) == (warp.Live & members);

    public override void Execute(Warp warp, uint active)
    {
        Span<ulong> source = warp.Row(predicate), target = warp.Row(d);
        uint votes = 0;
        for (uint lanes = active; lanes != 0; lanes &= lanes - 1)
        {
            int lane = BitOperations.TrailingZeroCount(lanes);
            votes |= (source[lane] & 1) != 0 ? 1u << lane : 0;
        }

        for (; active != 0; active &= active - 1)
            target[BitOperations.TrailingZeroCount(active)] = votes;
    }
}
