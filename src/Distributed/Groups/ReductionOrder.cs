namespace Numerics.Distributed;

/// <summary>In which order the numbers of several processes are added.</summary>
public enum ReductionOrder
{
    /// <summary>
    /// As a tree over the processes in the order of their ranks, neighbours first: ((0 + 1) + (2 + 3)) + …, an odd one waiting for the
    /// next level. The bits depend on the numbers alone, not on the engine, its version, the network or the size of messages. It moves
    /// as many bytes as the best algorithms of libraries: each process receives a part of everybody's numbers, adds, and sends the
    /// sums to all.
    /// </summary>
    Fixed,

    /// <summary>As the engine (MPI, NCCL) sees fit for the message and the network; may be faster where it knows the network.</summary>
    Library,
}
