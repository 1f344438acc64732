using System.Runtime.InteropServices;
using static Numerics.Backends.Cuda.CuBlas;
using static Numerics.Backends.Cuda.CuBlasLt;

namespace Numerics.Backends.Cuda;

/// <content>cuBLAS and cuBLASLt.</content>
public sealed unsafe partial class NativeCudaApi
{
    // cudaDataType_t, cublasComputeType_t.
    private const int Real32 = 0;
    private const int RealBrain16 = 14;
    private const int Compute32 = 68;
    private const int Compute32FastTensorFloat32 = 77;

    private readonly Dictionary<(GemmProblem, bool Relu, long Workspace), Algorithm> _algorithms = [];

    /// <inheritdoc/>
    public nint CreateBlas()
    {
        nint handle;
        CheckBlas(cublasCreate_v2(&handle), nameof(cublasCreate_v2));
        return handle;
    }

    /// <inheritdoc/>
    public void DestroyBlas(nint blas) => CheckBlas(cublasDestroy_v2(blas), nameof(cublasDestroy_v2));

    /// <inheritdoc/>
    public void SetBlasStream(nint blas, nint stream) => CheckBlas(cublasSetStream_v2(blas, stream), nameof(cublasSetStream_v2));

    /// <inheritdoc/>
    public void Gemm(nint blas, in GemmProblem problem, float alpha, ulong a, ulong b, float beta, ulong c)
    {
        const int DefaultAlgorithm = -1;
        int type = Type(problem.OperandType);
        int status = cublasGemmStridedBatchedEx(
            blas,
            problem.TransposeA ? 1 : 0,
            problem.TransposeB ? 1 : 0,
            problem.M,
            problem.N,
            problem.K,
            &alpha,
            a,
            type,
            problem.LeadingA,
            problem.StrideA,
            b,
            type,
            problem.LeadingB,
            problem.StrideB,
            &beta,
            c,
            Real32,
            problem.LeadingC,
            problem.StrideC,
            problem.Batch,
            ComputeType(problem),
            DefaultAlgorithm);
        CheckBlas(status, nameof(cublasGemmStridedBatchedEx));
    }

    /// <inheritdoc/>
    public nint CreateBlasLt()
    {
        nint handle;
        CheckBlas(cublasLtCreate(&handle), nameof(cublasLtCreate));
        return handle;
    }

    /// <inheritdoc/>
    public void DestroyBlasLt(nint blasLt) => CheckBlas(cublasLtDestroy(blasLt), nameof(cublasLtDestroy));

    /// <inheritdoc/>
    public void GemmBias(
        nint blasLt, in GemmProblem problem, ulong a, ulong b, ulong bias, bool relu, ulong c, ulong workspace, long workspaceBytes, nint stream)
    {
        // cublasLtMatmulDescAttributes_t and cublasLtEpilogue_t.
        const int TransposeA = 3, TransposeB = 4, Epilogue = 7, BiasPointer = 8, Bias = 4, ReluBias = 6;
        nint description = 0, layoutA = 0, layoutB = 0, layoutC = 0;
        try
        {
            CheckBlas(cublasLtMatmulDescCreate(&description, ComputeType(problem), Real32), nameof(cublasLtMatmulDescCreate));
            SetAttribute(description, TransposeA, problem.TransposeA ? 1 : 0);
            SetAttribute(description, TransposeB, problem.TransposeB ? 1 : 0);
            SetAttribute(description, Epilogue, relu ? ReluBias : Bias);
            CheckBlas(
                cublasLtMatmulDescSetAttribute(description, BiasPointer, &bias, sizeof(ulong)), nameof(cublasLtMatmulDescSetAttribute));
            layoutA = Layout(problem.OperandType, problem.TransposeA ? problem.K : problem.M, problem.TransposeA ? problem.M : problem.K, problem.LeadingA);
            layoutB = Layout(problem.OperandType, problem.TransposeB ? problem.N : problem.K, problem.TransposeB ? problem.K : problem.N, problem.LeadingB);
            layoutC = Layout(CudaDataType.Float32, problem.M, problem.N, problem.LeadingC);
            if (!_algorithms.TryGetValue((problem, relu, workspaceBytes), out Algorithm algorithm))
            {
                algorithm = FindAlgorithm(blasLt, description, layoutA, layoutB, layoutC, workspaceBytes, problem);
                _algorithms[(problem, relu, workspaceBytes)] = algorithm;
            }

            float one = 1, zero = 0;
            int status = cublasLtMatmul(
                blasLt, description, &one, a, layoutA, b, layoutB, &zero, c, layoutC, c, layoutC, &algorithm, workspace, (nuint)workspaceBytes, stream);
            CheckBlas(status, nameof(cublasLtMatmul));
        }
        finally
        {
            _ = layoutC == 0 ? 0 : cublasLtMatrixLayoutDestroy(layoutC);
            _ = layoutB == 0 ? 0 : cublasLtMatrixLayoutDestroy(layoutB);
            _ = layoutA == 0 ? 0 : cublasLtMatrixLayoutDestroy(layoutA);
            _ = description == 0 ? 0 : cublasLtMatmulDescDestroy(description);
        }
    }

    private static Algorithm FindAlgorithm(
        nint blasLt, nint description, nint layoutA, nint layoutB, nint layoutC, long workspaceBytes, in GemmProblem problem)
    {
        const int MaxWorkspaceBytes = 1;
        nint preference;
        CheckBlas(cublasLtMatmulPreferenceCreate(&preference), nameof(cublasLtMatmulPreferenceCreate));
        try
        {
            ulong bytes = (ulong)workspaceBytes;
            CheckBlas(
                cublasLtMatmulPreferenceSetAttribute(preference, MaxWorkspaceBytes, &bytes, sizeof(ulong)), nameof(cublasLtMatmulPreferenceSetAttribute));
            HeuristicResult result;
            int returned;
            int status = cublasLtMatmulAlgoGetHeuristic(
                blasLt, description, layoutA, layoutB, layoutC, layoutC, preference, 1, &result, &returned);
            CheckBlas(status, nameof(cublasLtMatmulAlgoGetHeuristic));
            return returned > 0 ? result.Algorithm : throw new NotSupportedException($"cuBLASLt has no algorithm for {problem}");
        }
        finally
        {
            _ = cublasLtMatmulPreferenceDestroy(preference);
        }
    }

    private static void SetAttribute(nint description, int attribute, int value) =>
        CheckBlas(cublasLtMatmulDescSetAttribute(description, attribute, &value, sizeof(int)), nameof(cublasLtMatmulDescSetAttribute));

    private static nint Layout(CudaDataType type, int rows, int columns, int leading)
    {
        nint layout;
        CheckBlas(cublasLtMatrixLayoutCreate(&layout, Type(type), (ulong)rows, (ulong)columns, leading), nameof(cublasLtMatrixLayoutCreate));
        return layout;
    }

    private static int Type(CudaDataType type) => type == CudaDataType.BFloat16 ? RealBrain16 : Real32;

    private static int ComputeType(in GemmProblem problem) => problem.TensorFloat32 ? Compute32FastTensorFloat32 : Compute32;

    private static void CheckBlas(int status, string call)
    {
        if (status != 0)
            throw new CudaException(CudaLibrary.Blas, call, status, Marshal.PtrToStringUTF8((nint)cublasGetStatusString(status)) ?? "unknown");
    }
}
