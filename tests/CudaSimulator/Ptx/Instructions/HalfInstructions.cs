using System.Numerics;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>mov {low, high}, a.</summary>
internal sealed class SplitInstruction(int low, int high, int a, int bits) : PtxInstruction
{
    public override void Execute(Warp warp, uint active)
    {
        Span<ulong> from = warp.Row(a), lower = warp.Row(low), upper = warp.Row(high);
        ulong mask = (1UL << bits) - 1;
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            ulong value = from[lane];
            lower[lane] = value & mask;
            upper[lane] = (value >> bits) & mask;
        }
    }
}

/// <summary>mov d, {low, high}.</summary>
internal sealed class JoinInstruction(int d, int low, int high, int bits) : PtxInstruction
{
    public override void Execute(Warp warp, uint active)
    {
        Span<ulong> to = warp.Row(d), lower = warp.Row(low), upper = warp.Row(high);
        ulong mask = (1UL << bits) - 1;
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            to[lane] = (lower[lane] & mask) | ((upper[lane] & mask) << bits);
        }
    }
}
