using System.Runtime.InteropServices;

namespace Numerics.Distributed;

/// <summary>NVIDIA's own NCCL, version 2.</summary>
internal sealed unsafe class NativeNcclApi : INcclApi
{
    private const int Int8 = 0;
    private const int Float32 = 7;

    /// <summary>Loads the library.</summary>
    /// <exception cref="Tensors.BackendUnavailableException">It was not found; the message says what was tried.</exception>
    public NativeNcclApi()
    {
        NativeImports.Register();
        _ = NcclLibrary.Handle;
        int version;
        Check(NcclCalls.ncclGetVersion(&version), nameof(NcclCalls.ncclGetVersion));
        Version = version;
    }

    public int Version { get; }

    public byte[] GetUniqueId()
    {
        NcclUniqueId id;
        Check(NcclCalls.ncclGetUniqueId(&id), nameof(NcclCalls.ncclGetUniqueId));
        return new ReadOnlySpan<byte>(&id, NcclUniqueId.Bytes).ToArray();
    }

    public nint Join(byte[] id, int size, int rank)
    {
        nint group;
        Check(NcclCalls.ncclCommInitRank(&group, size, MemoryMarshal.Read<NcclUniqueId>(id), rank), nameof(NcclCalls.ncclCommInitRank));
        return group;
    }

    public void Leave(nint group) => Check(NcclCalls.ncclCommDestroy(group), nameof(NcclCalls.ncclCommDestroy));

    public void Abort(nint group) => Check(NcclCalls.ncclCommAbort(group), nameof(NcclCalls.ncclCommAbort));

    public void AllReduce(ulong data, long count, NcclReduction reduction, nint group, nint stream) =>
        Check(NcclCalls.ncclAllReduce(data, data, (nuint)count, Float32, (int)reduction, group, stream), nameof(NcclCalls.ncclAllReduce));

    public void Broadcast(ulong data, long bytes, int root, nint group, nint stream) =>
        Check(NcclCalls.ncclBroadcast(data, data, (nuint)bytes, Int8, root, group, stream), nameof(NcclCalls.ncclBroadcast));

    public void AllGather(ulong all, long bytesOfEach, int rank, nint group, nint stream) =>
        Check(NcclCalls.ncclAllGather(all + ((ulong)bytesOfEach * (ulong)rank), all, (nuint)bytesOfEach, Int8, group, stream), nameof(NcclCalls.ncclAllGather));

    public void BeginTogether() => Check(NcclCalls.ncclGroupStart(), nameof(NcclCalls.ncclGroupStart));

    public void EndTogether() => Check(NcclCalls.ncclGroupEnd(), nameof(NcclCalls.ncclGroupEnd));

    private static void Check(int status, string call)
    {
        if (status != 0)
            throw new ProcessGroupException($"{call} failed: {Marshal.PtrToStringUTF8((nint)NcclCalls.ncclGetErrorString(status))} (status {status})");
    }
}
