using System.Runtime.InteropServices;

namespace Numerics.Distributed;

/// <summary>
/// Functions as mpi.h declares them; all return an error code. Handles are pointers in Open MPI and ints in MPICH: both are passed as
/// native integers, of which MPICH reads the lower half.
/// </summary>
internal static unsafe partial class MpiCalls
{
    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Initialized(int* flag);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Init_thread(int* argc, byte*** argv, int required, int* provided);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Finalize();

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Abort(nint communicator, int code);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Comm_rank(nint communicator, int* rank);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Comm_size(nint communicator, int* size);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Comm_set_errhandler(nint communicator, nint handler);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Error_string(int code, byte* text, int* length);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Get_library_version(byte* text, int* length);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Ibarrier(nint communicator, nint* request);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Ibcast(void* data, int count, nint type, int root, nint communicator, nint* request);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Iallgatherv(
        void* send, int sendCount, nint sendType, void* receive, int* counts, int* places, nint receiveType, nint communicator, nint* request);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Ialltoallv(
        void* send, int* sendCounts, int* sendPlaces, nint sendType, void* receive, int* counts, int* places, nint receiveType, nint communicator, nint* request);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Iallreduce(void* send, void* receive, int count, nint type, nint operation, nint communicator, nint* request);

    [LibraryImport(MpiLibrary.Name)]
    internal static partial int MPI_Test(nint* request, int* flag, void* status);
}
