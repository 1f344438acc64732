using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Scales vectors of weights that are longer than a bound down to it.</summary>
/// <param name="maxValue">The bound.</param>
/// <param name="axis">The axis that the vectors lie along: 0 for the inputs of each unit of a dense kernel.</param>
public sealed class MaxNorm(float maxValue = 2, int axis = 0) : Constraint
{
    /// <summary>The bound.</summary>
    public float MaxValue => maxValue;

    /// <summary>The axis that the vectors lie along.</summary>
    public int Axis => axis;

    /// <inheritdoc/>
    public override Tensor Call(Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Tensor norm = Norm(weights, axis);
        return weights * (norm.Clip(0, maxValue) / (norm + Epsilon));
    }
}
