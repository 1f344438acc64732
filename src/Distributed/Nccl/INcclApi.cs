namespace Numerics.Distributed;

/// <summary>
/// The seam to NCCL: what is called of it. Addresses are of device memory; work is enqueued on a stream of the current device. Calls
/// that NCCL answers with an error throw <see cref="ProcessGroupException"/>.
/// </summary>
internal interface INcclApi
{
    /// <summary>The version, 10000·major + 100·minor + patch (ncclGetVersion).</summary>
    int Version { get; }

    /// <summary>A name for a group that does not exist yet (ncclGetUniqueId); one process makes it and tells the others.</summary>
    /// <returns><see cref="NcclUniqueId.Bytes"/> bytes.</returns>
    byte[] GetUniqueId();

    /// <summary>Joins the group of a name; returns when all have joined (ncclCommInitRank).</summary>
    nint Join(byte[] id, int size, int rank);

    /// <summary>Leaves a group after its work (ncclCommDestroy).</summary>
    void Leave(nint group);

    /// <summary>Ends a group's work at once (ncclCommAbort).</summary>
    void Abort(nint group);

    /// <summary>Enqueues the reduction of floats, in place (ncclAllReduce).</summary>
    void AllReduce(ulong data, long count, NcclReduction reduction, nint group, nint stream);

    /// <summary>Enqueues the copy of one process's bytes to all, in place (ncclBroadcast).</summary>
    void Broadcast(ulong data, long bytes, int root, nint group, nint stream);

    /// <summary>Enqueues the collection of as many bytes of every process, each one's own in their place (ncclAllGather).</summary>
    void AllGather(ulong all, long bytesOfEach, int rank, nint group, nint stream);

    /// <summary>Calls until <see cref="EndTogether"/> are carried out as one (ncclGroupStart).</summary>
    void BeginTogether();

    /// <summary>See <see cref="BeginTogether"/> (ncclGroupEnd).</summary>
    void EndTogether();
}
