namespace Numerics.Backends.Cpu;

/// <summary>A product of matrices, or of two stacks of them, with any strides: y = max(a·b + bias, 0), the last two steps if asked for.</summary>
internal unsafe struct MatMulOperands
{
    /// <summary>Rows of the result.</summary>
    public int M;

    /// <summary>Columns of the result.</summary>
    public int N;

    /// <summary>Steps of the inner sum.</summary>
    public int K;

    /// <summary>Products in the stack.</summary>
    public int Batch;

    /// <summary>Element (row, step) at row·RowStrideA + step·StepStrideA.</summary>
    public float* A;

    /// <summary>Floats between rows of a.</summary>
    public nint RowStrideA;

    /// <summary>Floats between steps of a.</summary>
    public nint StepStrideA;

    /// <summary>Element (step, column) at step·StepStrideB + column·ColumnStrideB.</summary>
    public float* B;

    /// <summary>Floats between steps of b.</summary>
    public nint StepStrideB;

    /// <summary>Floats between columns of b.</summary>
    public nint ColumnStrideB;

    /// <summary>The result, row-major without gaps.</summary>
    public float* Y;

    /// <summary>One float a column, or null.</summary>
    public float* Bias;

    /// <summary>Whether to apply ReLU.</summary>
    public bool Relu;
}
