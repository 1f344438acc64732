using System.Numerics;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>A function of one register.</summary>
internal interface IUnaryLane
{
    static abstract ulong Apply(ulong a);
}

/// <summary>A function of two registers.</summary>
internal interface IBinaryLane
{
    static abstract ulong Apply(ulong a, ulong b);
}

/// <summary>A function of three registers.</summary>
internal interface ITernaryLane
{
    static abstract ulong Apply(ulong a, ulong b, ulong c);
}

/// <summary>d = f(a) in each lane.</summary>
internal sealed class UnaryInstruction<T>(int d, int a) : PtxInstruction
    where T : struct, IUnaryLane
{
    public override void Execute(Warp warp, uint active)
    {
        Span<ulong> to = warp.Row(d), from = warp.Row(a);
        if (active == uint.MaxValue)
        {
            for (int lane = 0; lane < 32; lane++)
                to[lane] = T.Apply(from[lane]);
            return;
        }

        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            to[lane] = T.Apply(from[lane]);
        }
    }
}

/// <summary>d = f(a, b) in each lane.</summary>
internal sealed class BinaryInstruction<T>(int d, int a, int b) : PtxInstruction
    where T : struct, IBinaryLane
{
    public override void Execute(Warp warp, uint active)
    {
        Span<ulong> to = warp.Row(d), left = warp.Row(a), right = warp.Row(b);
        if (active == uint.MaxValue)
        {
            for (int lane = 0; lane < 32; lane++)
                to[lane] = T.Apply(left[lane], right[lane]);
            return;
        }

        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            to[lane] = T.Apply(left[lane], right[lane]);
        }
    }
}

/// <summary>d = f(a, b, c) in each lane.</summary>
internal sealed class TernaryInstruction<T>(int d, int a, int b, int c) : PtxInstruction
    where T : struct, ITernaryLane
{
    public override void Execute(Warp warp, uint active)
    {
        Span<ulong> to = warp.Row(d), first = warp.Row(a), second = warp.Row(b), third = warp.Row(c);
        if (active == uint.MaxValue)
        {
            for (int lane = 0; lane < 32; lane++)
                to[lane] = T.Apply(first[lane], second[lane], third[lane]);
            return;
        }

        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            to[lane] = T.Apply(first[lane], second[lane], third[lane]);
        }
    }
}
