namespace Numerics.Distributed;

/// <summary>NCCL's reductions, by their numbers in nccl.h (ncclRedOp_t).</summary>
internal enum NcclReduction
{
    /// <summary>ncclSum.</summary>
    Sum = 0,

    /// <summary>ncclMax.</summary>
    Max = 2,

    /// <summary>ncclAvg, since NCCL 2.10.</summary>
    Average = 4,
}
