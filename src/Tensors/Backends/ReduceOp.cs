namespace Numerics.Tensors;

/// <summary>The ways to bring many elements down to one.</summary>
public enum ReduceOp
{
    /// <summary>The sum; 0 of nothing.</summary>
    Sum,

    /// <summary>The mean; NaN of nothing.</summary>
    Mean,

    /// <summary>The greatest; NaN if any element is.</summary>
    Max,

    /// <summary>The smallest; NaN if any element is.</summary>
    Min,
}
