using System.Numerics;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>bfi.b32: a value with some of its bits replaced by the lowest ones of another.</summary>
/// <param name="d">Row written.</param>
/// <param name="a">Row of the bits to insert.</param>
/// <param name="b">Row of the value that they go into.</param>
/// <param name="position">The lowest bit replaced.</param>
/// <param name="length">How many are.</param>
internal sealed class BitFieldInsertInstruction(int d, int a, int b, int position, int length) : PtxInstruction
{
    public override void Execute(Warp warp, uint active)
    {
        uint mask = (uint)(((1ul << length) - 1) << position);
        Span<ulong> to = warp.Row(d), inserted = warp.Row(a), value = warp.Row(b);
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            to[lane] = ((uint)value[lane] & ~mask) | (((uint)inserted[lane] << position) & mask);
        }
    }
}
