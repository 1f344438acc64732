using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The greatest of its inputs, element by element.</summary>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class Maximum(string? name = null) : ElementwiseMerge(name)
{
    private protected override Tensor Join(Tensor a, Tensor b) => a.Maximum(b);
}
