using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Matrix products by cuBLAS. A row-major matrix is its transpose in column-major order: y = a·b is yᵀ = bᵀ·aᵀ there.</content>
public sealed unsafe partial class CudaBackend
{
    private const long WorkspaceBytes = 4 << 20;
    private const int FewOutputs = 16;
    private const int FewRows = 64;
    private const int LongSum = 2048;

    /// <inheritdoc/>
    public override void MatMul(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(y);
        int batch = y.Rank == 3 ? y.Shape[0] : 1, m = y.Shape[^2], n = y.Shape[^1], k = transposeA ? a.Shape[^2] : a.Shape[^1];
        if (y.Count == 0)
            return;
        if (k == 0)
        {
            Fill(0, y);
            return;
        }

        GemmProblem problem = Product(m, n, k, transposeA, transposeB) with
        {
            StrideA = (long)n * k,
            StrideB = (long)m * k,
            StrideC = (long)m * n,
            Batch = batch,
        };
        using Operand left = AsOperand(b), right = AsOperand(a);
        lock (_libraries)
            _api.Gemm(Blas(), problem, 1, left.Address, right.Address, 0, OutputAddress(y));
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void Dense(Tensor x, Tensor kernel, Tensor bias, bool relu, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(bias);
        ArgumentNullException.ThrowIfNull(y);
        int m = y.Shape[0], n = y.Shape[1], k = x.Shape[1];
        if (y.Count == 0)
            return;
        if (k == 0)
        {
            Fill(0, y);
            AddBias(y, bias, relu);
            return;
        }

        if (n <= FewOutputs)
        {
            KernelArgument inputs = KernelArgument.Stored(x, out bool isNarrow);
            Launch(
                KernelFamily.Dense,
                isNarrow ? "dense_few_outputs_narrow" : "dense_few_outputs",
                Ceiling(y.Count, RowsOfBlock),
                new CudaDim(Lanes, RowsOfBlock),
                inputs,
                kernel,
                bias,
                Output(y),
                relu,
                m,
                k,
                n);
            return;
        }

        if (m <= FewRows && k >= LongSum && n % 2 == 0 && Address(kernel) % 8 == 0)
        {
            DenseFewRows(x, kernel, bias, relu, y);
            return;
        }

        using Operand left = AsOperand(kernel), right = AsOperand(x);
        TensorBuffer workspace = Allocate(WorkspaceBytes);
        try
        {
            lock (_libraries)
            {
                _api.GemmBias(
                    BlasLt(), Product(m, n, k, false, false), left.Address, right.Address, Address(bias), relu, OutputAddress(y), ((DeviceBuffer)workspace).Address, WorkspaceBytes, _stream);
            }
        }
        finally
        {
            workspace.Release();
        }

        GC.KeepAlive(bias);
        GC.KeepAlive(y);
    }

    /// <summary>The weights are read once, by as many blocks as there are slices of the sum; a function of shapes alone.</summary>
    private void DenseFewRows(Tensor x, Tensor kernel, Tensor bias, bool relu, Tensor y)
    {
        const int Rows = 32, Threads = 128, ColumnsOfThread = 2, Length = 128;
        (int rows, int ins, int outs) = (x.Shape[0], x.Shape[1], y.Shape[1]);
        int slices = Ceiling(ins, Length);
        using Tensor partials = Tensor.Empty(this, new Shape(slices, rows, outs));
        KernelArgument inputs = KernelArgument.Stored(x, out bool isNarrow);
        Launch(
            KernelFamily.Dense,
            isNarrow ? "dense_few_rows_narrow" : "dense_few_rows",
            new CudaDim(slices, Ceiling(rows, Rows), Ceiling(outs, Threads * ColumnsOfThread)),
            Threads,
            inputs,
            kernel,
            Output(partials),
            rows,
            ins,
            outs,
            Length);
        Launch(
            KernelFamily.Dense,
            "dense_sum",
            Ceiling(y.Count, Lanes),
            new CudaDim(Lanes, RowsOfBlock),
            partials,
            slices,
            bias,
            Output(y),
            relu,
            outs,
            y.Count);
    }

    private GemmProblem Product(int m, int n, int k, bool transposeA, bool transposeB) => new(
        transposeB,
        transposeA,
        n,
        m,
        k,
        transposeB ? k : n,
        transposeA ? m : k,
        n,
        OperandType: OperandType,
        TensorFloat32: _options.Precision == CudaPrecision.TensorFloat32);

    private CudaDataType OperandType => _options.Precision == CudaPrecision.BFloat16 ? CudaDataType.BFloat16 : CudaDataType.Float32;

    private nint Blas()
    {
        Activate();
        if (_blas == 0)
        {
            _blas = _api.CreateBlas();
            _api.SetBlasStream(_blas, _stream);
        }

        return _blas;
    }

    private nint BlasLt()
    {
        Activate();
        if (_blasLt == 0)
            _blasLt = _api.CreateBlasLt();
        return _blasLt;
    }

    /// <summary>A tensor's elements in the type that the libraries multiply.</summary>
    private Operand AsOperand(Tensor x) => AsOperand(x, OperandType == CudaDataType.BFloat16);
}
