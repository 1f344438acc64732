using System.Runtime.InteropServices;

namespace Numerics.Distributed;

/// <summary>Functions as nccl.h declares them; all but one return an ncclResult_t.</summary>
internal static unsafe partial class NcclCalls
{
    [LibraryImport(NcclLibrary.Name)]
    internal static partial int ncclGetVersion(int* version);

    [LibraryImport(NcclLibrary.Name)]
    internal static partial int ncclGetUniqueId(NcclUniqueId* id);

    [LibraryImport(NcclLibrary.Name)]
    internal static partial int ncclCommInitRank(nint* communicator, int size, NcclUniqueId id, int rank);

    [LibraryImport(NcclLibrary.Name)]
    internal static partial int ncclCommDestroy(nint communicator);

    [LibraryImport(NcclLibrary.Name)]
    internal static partial int ncclCommAbort(nint communicator);

    [LibraryImport(NcclLibrary.Name)]
    internal static partial byte* ncclGetErrorString(int status);

    [LibraryImport(NcclLibrary.Name)]
    internal static partial int ncclAllReduce(ulong send, ulong receive, nuint count, int type, int operation, nint communicator, nint stream);

    [LibraryImport(NcclLibrary.Name)]
    internal static partial int ncclBroadcast(ulong send, ulong receive, nuint count, int type, int root, nint communicator, nint stream);

    [LibraryImport(NcclLibrary.Name)]
    internal static partial int ncclAllGather(ulong send, ulong receive, nuint count, int type, nint communicator, nint stream);

    [LibraryImport(NcclLibrary.Name)]
    internal static partial int ncclGroupStart();

    [LibraryImport(NcclLibrary.Name)]
    internal static partial int ncclGroupEnd();
}
