using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The product of its inputs, element by element.</summary>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class Multiply(string? name = null) : ElementwiseMerge(name)
{
    private protected override Tensor Join(Tensor a, Tensor b) => a * b;
}
