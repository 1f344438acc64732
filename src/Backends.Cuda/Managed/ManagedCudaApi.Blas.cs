using ManagedCuda.BasicTypes;
using ManagedCuda.CudaBlas;
using static ManagedCuda.CudaBlas.CudaBlasNativeMethods;

namespace Numerics.Backends.Cuda;

/// <content>cuBLAS; cuBLASLt is not in the packages.</content>
public sealed unsafe partial class ManagedCudaApi
{
    /// <inheritdoc/>
    public nint CreateBlas()
    {
        var handle = default(CudaBlasHandle);
        Check(cublasCreate_v2(ref handle), nameof(cublasCreate_v2));
        return handle.Pointer;
    }

    /// <inheritdoc/>
    public void DestroyBlas(nint blas) => Check(cublasDestroy_v2(Blas(blas)), nameof(cublasDestroy_v2));

    /// <inheritdoc/>
    public void SetBlasStream(nint blas, nint stream) => Check(cublasSetStream_v2(Blas(blas), Stream(stream)), nameof(cublasSetStream_v2));

    /// <inheritdoc/>
    public void Gemm(nint blas, in GemmProblem problem, float alpha, ulong a, ulong b, float beta, ulong c)
    {
        cudaDataType type = problem.OperandType == CudaDataType.BFloat16 ? cudaDataType.CUDA_R_16BF : cudaDataType.CUDA_R_32F;
        CublasStatus status = cublasGemmStridedBatchedEx(
            Blas(blas),
            problem.TransposeA ? Operation.Transpose : Operation.NonTranspose,
            problem.TransposeB ? Operation.Transpose : Operation.NonTranspose,
            problem.M,
            problem.N,
            problem.K,
            Pointer((ulong)&alpha),
            Pointer(a),
            type,
            problem.LeadingA,
            problem.StrideA,
            Pointer(b),
            type,
            problem.LeadingB,
            problem.StrideB,
            Pointer((ulong)&beta),
            Pointer(c),
            cudaDataType.CUDA_R_32F,
            problem.LeadingC,
            problem.StrideC,
            problem.Batch,
            problem.TensorFloat32 ? ComputeType.Compute32FFastTF32 : ComputeType.Compute32F,
            GemmAlgo.Default);
        Check(status, nameof(cublasGemmStridedBatchedEx));
    }

    /// <inheritdoc/>
    public nint CreateBlasLt() => _native.CreateBlasLt();

    /// <inheritdoc/>
    public void DestroyBlasLt(nint blasLt) => _native.DestroyBlasLt(blasLt);

    /// <inheritdoc/>
    public void GemmBias(
        nint blasLt, in GemmProblem problem, ulong a, ulong b, ulong bias, bool relu, ulong c, ulong workspace, long workspaceBytes, nint stream) =>
        _native.GemmBias(blasLt, problem, a, b, bias, relu, c, workspace, workspaceBytes, stream);

    private static CudaBlasHandle Blas(nint handle) => new() { Pointer = handle };
}
