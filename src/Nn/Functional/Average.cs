using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The mean of its inputs, element by element.</summary>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class Average(string? name = null) : ElementwiseMerge(name)
{
    private protected override Tensor Join(Tensor a, Tensor b) => a + b;

    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs, bool training)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return base.Forward(inputs, training) * (1f / inputs.Count);
    }
}
