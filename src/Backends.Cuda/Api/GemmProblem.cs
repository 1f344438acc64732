namespace Numerics.Backends.Cuda;

/// <summary>
/// Column-major matrix products: C [m, n] = op(A) [m, k] · op(B) [k, n]. Element (r, c) of a matrix lies at r + c·ld; the i-th
/// matrix of a batch starts i strides behind the first.
/// </summary>
/// <param name="TransposeA">Whether A is stored as [k, m].</param>
/// <param name="TransposeB">Whether B is stored as [n, k].</param>
/// <param name="M">Rows of C, at least 1.</param>
/// <param name="N">Columns of C, at least 1.</param>
/// <param name="K">Terms of each sum, at least 1.</param>
/// <param name="LeadingA">Distance between A's columns, at least its rows as stored.</param>
/// <param name="LeadingB">Distance between B's columns.</param>
/// <param name="LeadingC">Distance between C's columns.</param>
/// <param name="StrideA">Elements between matrices.</param>
/// <param name="StrideB">Elements between matrices.</param>
/// <param name="StrideC">Elements between matrices.</param>
/// <param name="Batch">The number of matrices, at least 1.</param>
/// <param name="OperandType">The type of A and B.</param>
/// <param name="TensorFloat32">Whether Float32 operands may be rounded to 10 bits of mantissa (CUBLAS_COMPUTE_32F_FAST_TF32).</param>
public readonly record struct GemmProblem(
    bool TransposeA,
    bool TransposeB,
    int M,
    int N,
    int K,
    int LeadingA,
    int LeadingB,
    int LeadingC,
    long StrideA = 0,
    long StrideB = 0,
    long StrideC = 0,
    int Batch = 1,
    CudaDataType OperandType = CudaDataType.Float32,
    bool TensorFloat32 = false);
