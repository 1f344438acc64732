namespace Numerics.Tensors;

/// <summary>The element-wise functions of two arguments. Comparisons give 1 where they hold and 0 elsewhere.</summary>
public enum BinaryOp
{
    /// <summary>a + b.</summary>
    Add,

    /// <summary>a - b.</summary>
    Subtract,

    /// <summary>a · b.</summary>
    Multiply,

    /// <summary>a / b.</summary>
    Divide,

    /// <summary>a^b.</summary>
    Power,

    /// <summary>The greater one; NaN if either is.</summary>
    Maximum,

    /// <summary>The smaller one; NaN if either is.</summary>
    Minimum,

    /// <summary>max(a + b, 0), what ends a residual block; NaN if either is.</summary>
    AddRelu,

    /// <summary>a = b.</summary>
    Equal,

    /// <summary>a ≠ b.</summary>
    NotEqual,

    /// <summary>a &lt; b.</summary>
    Less,

    /// <summary>a ≤ b.</summary>
    LessEqual,

    /// <summary>a > b.</summary>
    Greater,

    /// <summary>a ≥ b.</summary>
    GreaterEqual,
}
