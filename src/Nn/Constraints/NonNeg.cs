using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Sets negative weights to 0.</summary>
public sealed class NonNeg : Constraint
{
    /// <inheritdoc/>
    public override Tensor Call(Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return weights.Relu();
    }
}
