using System.Runtime.InteropServices;

namespace Numerics.Backends.Cuda;

/// <summary>cuBLAS' functions, as cublas_api.h declares them; all but the last return a cublasStatus_t.</summary>
internal static unsafe partial class CuBlas
{
    private const string Library = CudaLibraries.BlasName;

    [LibraryImport(Library)]
    internal static partial int cublasCreate_v2(nint* handle);

    [LibraryImport(Library)]
    internal static partial int cublasDestroy_v2(nint handle);

    [LibraryImport(Library)]
    internal static partial int cublasSetStream_v2(nint handle, nint stream);

    [LibraryImport(Library)]
    internal static partial int cublasGetVersion_v2(nint handle, int* version);

    [LibraryImport(Library)]
    internal static partial int cublasGemmStridedBatchedEx(
        nint handle,
        int transposeA,
        int transposeB,
        int m,
        int n,
        int k,
        void* alpha,
        ulong a,
        int typeA,
        int leadingA,
        long strideA,
        ulong b,
        int typeB,
        int leadingB,
        long strideB,
        void* beta,
        ulong c,
        int typeC,
        int leadingC,
        long strideC,
        int batch,
        int computeType,
        int algorithm);

    [LibraryImport(Library)]
    internal static partial byte* cublasGetStatusString(int status);
}
