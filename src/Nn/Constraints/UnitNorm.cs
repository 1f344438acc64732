using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Scales vectors of weights to length 1.</summary>
/// <param name="axis">The axis that the vectors lie along.</param>
public sealed class UnitNorm(int axis = 0) : Constraint
{
    /// <summary>The axis that the vectors lie along.</summary>
    public int Axis => axis;

    /// <inheritdoc/>
    public override Tensor Call(Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return weights / (Norm(weights, axis) + Epsilon);
    }
}
