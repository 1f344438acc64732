namespace Numerics.Backends.Cuda;

/// <content>cuBLAS and cuBLASLt. Matrices are column-major, as there.</content>
public partial interface ICudaApi
{
    /// <summary>A cuBLAS handle (cublasCreate).</summary>
    nint CreateBlas();

    /// <summary>Destroys a cuBLAS handle (cublasDestroy).</summary>
    void DestroyBlas(nint blas);

    /// <summary>Chooses the stream that the handle's calls run on (cublasSetStream).</summary>
    void SetBlasStream(nint blas, nint stream);

    /// <summary>
    /// C_i = alpha·op(A_i)·op(B_i) + beta·C_i for each matrix of the batch (cublasGemmStridedBatchedEx). C is Float32, A and B
    /// have one type.
    /// </summary>
    /// <param name="blas">The handle.</param>
    /// <param name="problem">Sizes, transpositions, leading dimensions, types.</param>
    /// <param name="alpha">Factor of the product.</param>
    /// <param name="a">A_0.</param>
    /// <param name="b">B_0.</param>
    /// <param name="beta">Factor of C; at 0 C is not read.</param>
    /// <param name="c">C_0.</param>
    void Gemm(nint blas, in GemmProblem problem, float alpha, ulong a, ulong b, float beta, ulong c);

    /// <summary>A cuBLASLt handle (cublasLtCreate).</summary>
    nint CreateBlasLt();

    /// <summary>Destroys a cuBLASLt handle (cublasLtDestroy).</summary>
    void DestroyBlasLt(nint blasLt);

    /// <summary>
    /// C = op(A)·op(B) + bias, then max(·, 0) if asked for, in one kernel (cublasLtMatmul with CUBLASLT_EPILOGUE_BIAS or
    /// RELU_BIAS). The batch count of the problem is 1.
    /// </summary>
    /// <param name="blasLt">The handle.</param>
    /// <param name="problem">Sizes, transpositions, leading dimensions, types.</param>
    /// <param name="a">A.</param>
    /// <param name="b">B.</param>
    /// <param name="bias">Float32, one for each row of C.</param>
    /// <param name="relu">Whether to apply ReLU.</param>
    /// <param name="c">C.</param>
    /// <param name="workspace">Scratch memory, or 0.</param>
    /// <param name="workspaceBytes">Its size.</param>
    /// <param name="stream">Where.</param>
    void GemmBias(
        nint blasLt, in GemmProblem problem, ulong a, ulong b, ulong bias, bool relu, ulong c, ulong workspace, long workspaceBytes, nint stream);
}
