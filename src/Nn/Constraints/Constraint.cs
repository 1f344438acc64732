using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>What the values of a weight are brought back to after every step.</summary>
public abstract class Constraint
{
    private protected const float Epsilon = 1e-7f;

    /// <summary>The values that satisfy the constraint.</summary>
    /// <param name="weights">The values after a step.</param>
    /// <returns>As many, of the innermost scope.</returns>
    public abstract Tensor Call(Tensor weights);

    /// <summary>The Euclidean norm along an axis, which stays with extent 1.</summary>
    private protected static Tensor Norm(Tensor weights, int axis) => weights.Square().Sum(axis, keepDims: true).Sqrt();
}
