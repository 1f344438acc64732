using System.Numerics;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>shfl.sync.bfly.b32: each lane reads the register of the lane whose number differs in some bits.</summary>
/// <param name="d">Row written.</param>
/// <param name="a">Row read.</param>
/// <param name="bits">Row of the bits to flip.</param>
/// <param name="clamp">31: over the whole warp.</param>
/// <param name="members">The lanes that take part.</param>
internal sealed class ShuffleInstruction(int d, int a, int bits, uint clamp, uint members) : WarpInstruction
{
    public override bool IsComplete(Warp warp, uint active) => (active & members) == (warp.Live & members);

    public override void Execute(Warp warp, uint active)
    {
        if (clamp != 31)
            throw new PtxException("shuffles over parts of a warp are not known");
        Span<ulong> source = warp.Row(a), flips = warp.Row(bits), target = warp.Row(d);
        Span<ulong> copy = stackalloc ulong[Warp.Lanes];
        source.CopyTo(copy);
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active), from = lane ^ ((int)flips[lane] & 31);
            if ((warp.Live & (1u << from)) == 0)
                throw new PtxException($"lane {lane} reads lane {from}, which has ended");
            target[lane] = (uint)copy[from];
        }
    }
}
