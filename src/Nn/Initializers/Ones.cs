using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Ones.</summary>
public sealed class Ones : Initializer
{
    /// <inheritdoc/>
    public override Tensor Call(Shape shape) => Tensor.Ones(shape);
}
