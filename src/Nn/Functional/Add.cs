using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The sum of its inputs.</summary>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class Add(string? name = null) : ElementwiseMerge(name)
{
    private protected override Tensor Join(Tensor a, Tensor b) => a + b;
}
