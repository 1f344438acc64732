using Numerics.Backends.Cuda;
using Numerics.CudaSimulator.Libraries;
using Numerics.CudaSimulator.Streams;

namespace Numerics.CudaSimulator;

/// <content>cuBLAS and cuBLASLt.</content>
public sealed unsafe partial class SimulatedCudaApi
{
    private const int BlasNotInitialized = 1;
    private const int BlasInvalidValue = 7;

    /// <inheritdoc/>
    public nint CreateBlas()
    {
        lock (_lock)
        {
            Work(nameof(CreateBlas));
            return Add(new BlasHandle());
        }
    }

    /// <inheritdoc/>
    public void DestroyBlas(nint blas)
    {
        lock (_lock)
        {
            Work(nameof(DestroyBlas));
            _ = Remove<BlasHandle>(blas, "cublasDestroy");
        }
    }

    /// <inheritdoc/>
    public void SetBlasStream(nint blas, nint stream)
    {
        lock (_lock)
        {
            Work(nameof(SetBlasStream));
            Get<BlasHandle>(blas, "cublasSetStream").Stream = Get<SimulatedStream>(stream, "cublasSetStream").Handle;
        }
    }

    /// <inheritdoc/>
    public void Gemm(nint blas, in GemmProblem problem, float alpha, ulong a, ulong b, float beta, ulong c)
    {
        lock (_lock)
        {
            Work(nameof(Gemm));
            nint stream = Get<BlasHandle>(blas, "cublasGemmStridedBatchedEx").Stream;
            if (stream == 0)
                throw BlasError("cublasGemmStridedBatchedEx", BlasNotInitialized, "the handle has no stream");
            Multiply("cublasGemmStridedBatchedEx", problem, alpha, a, b, beta, c, 0, false, stream);
        }
    }

    /// <inheritdoc/>
    public nint CreateBlasLt()
    {
        lock (_lock)
        {
            Work(nameof(CreateBlasLt));
            return Add(new BlasLtHandle());
        }
    }

    /// <inheritdoc/>
    public void DestroyBlasLt(nint blasLt)
    {
        lock (_lock)
        {
            Work(nameof(DestroyBlasLt));
            _ = Remove<BlasLtHandle>(blasLt, "cublasLtDestroy");
        }
    }

    /// <inheritdoc/>
    public void GemmBias(
        nint blasLt, in GemmProblem problem, ulong a, ulong b, ulong bias, bool relu, ulong c, ulong workspace, long workspaceBytes, nint stream)
    {
        lock (_lock)
        {
            Work(nameof(GemmBias));
            _ = Get<BlasLtHandle>(blasLt, "cublasLtMatmul");
            if (problem.Batch != 1)
                throw BlasError("cublasLtMatmul", BlasInvalidValue, "a bias goes with a single product here");
            if (workspaceBytes > 0)
                Scribble(workspace, workspaceBytes, stream, "cublasLtMatmul");
            Multiply("cublasLtMatmul", problem, 1, a, b, 0, c, bias, relu, stream);
        }
    }

    private void Multiply(
        string call, GemmProblem p, float alpha, ulong a, ulong b, float beta, ulong c, ulong bias, bool relu, nint stream)
    {
        if (GemmLoops.Refusal(p) is { } refusal)
            throw BlasError(call, BlasInvalidValue, refusal);
        if (p.M == 0 || p.N == 0 || p.Batch == 0)
            return;
        int size = Rounding.Size(p.OperandType);
        if (p.OperandType == CudaDataType.BFloat16 && p.TensorFloat32)
            throw BlasError(call, BlasInvalidValue, "TF32 is an arithmetic of Float32 operands");
        long extentA = p.TransposeA ? GemmLoops.Extent(p.K, p.M, p.LeadingA) : GemmLoops.Extent(p.M, p.K, p.LeadingA);
        long extentB = p.TransposeB ? GemmLoops.Extent(p.N, p.K, p.LeadingB) : GemmLoops.Extent(p.K, p.N, p.LeadingB);
        long extentC = GemmLoops.Extent(p.M, p.N, p.LeadingC);
        Enqueue(
            stream,
            () =>
            {
                float[] biases = bias == 0 ? [] : Rounding.Read(Memory.Pointer(bias, 4L * p.M), p.M, CudaDataType.Float32, false);
                for (int i = 0; i < p.Batch; i++)
                {
                    byte* left = Memory.Pointer(a + (ulong)(i * p.StrideA * size), extentA * size);
                    byte* right = Memory.Pointer(b + (ulong)(i * p.StrideB * size), extentB * size);
                    byte* result = Memory.Pointer(c + (ulong)(i * p.StrideC * 4), extentC * 4);
                    GemmLoops.Multiply(
                        p,
                        alpha,
                        Rounding.Read(left, extentA, p.OperandType, p.TensorFloat32),
                        Rounding.Read(right, extentB, p.OperandType, p.TensorFloat32),
                        beta,
                        (float*)result,
                        biases,
                        relu);
                }
            },
            call);
    }

    // A workspace holds nothing that anybody may rely on.
    private void Scribble(ulong workspace, long bytes, nint stream, string call)
    {
        _ = Memory.Find(workspace, bytes);
        Enqueue(stream, () => new Span<byte>(Memory.Pointer(workspace, bytes), checked((int)bytes)).Fill(0xFF), call);
    }

    private static CudaException BlasError(string call, int status, string reason) => new(CudaLibrary.Blas, call, status, reason);

    private sealed class BlasHandle
    {
        public nint Stream { get; set; }
    }

    private sealed class BlasLtHandle;
}
