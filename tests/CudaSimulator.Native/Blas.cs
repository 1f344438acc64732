using System.Runtime.InteropServices;
using Numerics.Backends.Cuda;
using static Numerics.CudaSimulator.Native.Simulator;

namespace Numerics.CudaSimulator.Native;

/// <summary>The functions of cublas_api.h.</summary>
public static unsafe class Blas
{
    private static readonly nint s_text = Marshal.StringToCoTaskMemUTF8("the simulator refused");

    [UnmanagedCallersOnly(EntryPoint = "cublasGetStatusString")]
    public static nint cublasGetStatusString(int status) => s_text;

    [UnmanagedCallersOnly(EntryPoint = "cublasGetVersion_v2")]
    public static int cublasGetVersion(nint handle, int* version)
    {
        *version = 130_000;
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "cublasCreate_v2")]
    public static int cublasCreate(nint* handle) => Status(() => *handle = Api.CreateBlas());

    [UnmanagedCallersOnly(EntryPoint = "cublasDestroy_v2")]
    public static int cublasDestroy(nint handle) => Status(() => Api.DestroyBlas(handle));

    [UnmanagedCallersOnly(EntryPoint = "cublasSetStream_v2")]
    public static int cublasSetStream(nint handle, nint stream) => Status(() => Api.SetBlasStream(handle, stream));

    [UnmanagedCallersOnly(EntryPoint = "cublasGemmStridedBatchedEx")]
    public static int cublasGemmStridedBatchedEx(
        nint handle, int transa, int transb, int m, int n, int k, float* alpha, ulong a, int typeA, int lda, long strideA, ulong b, int typeB, int ldb,
        long strideB, float* beta, ulong c, int typeC, int ldc, long strideC, int batch, int computeType, int algorithm) => Status(() =>
        {
            Require(transa is 0 or 1 && transb is 0 or 1 && typeA == typeB && typeC == 0 && algorithm == -1, "cublasGemmStridedBatchedEx");
            var problem = new GemmProblem(
                transa == 1, transb == 1, m, n, k, lda, ldb, ldc, strideA, strideB, strideC, batch, Type(typeA), IsTensorFloat32(computeType));
            Api.Gemm(handle, problem, *alpha, a, b, *beta, c);
        });

    internal static CudaDataType Type(int type) => type switch
    {
        0 => CudaDataType.Float32,
        14 => CudaDataType.BFloat16,
        _ => throw new CudaException(CudaLibrary.Blas, "type", 15, "not supported"),
    };

    internal static bool IsTensorFloat32(int computeType) => computeType switch
    {
        68 => false,
        77 => true,
        _ => throw new CudaException(CudaLibrary.Blas, "compute type", 15, "not supported"),
    };
}
