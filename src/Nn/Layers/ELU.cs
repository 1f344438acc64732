using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>x for x ≥ 0, else alpha·(e^x - 1).</summary>
/// <param name="alpha">What negative outputs go to, negated.</param>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class ELU(float alpha = 1, string? name = null) : Layer(name)
{
    /// <summary>What negative outputs go to, negated.</summary>
    public float Alpha { get; } = float.IsFinite(alpha) ? alpha : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "alpha is finite");

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Elu(Alpha);
    }
}
