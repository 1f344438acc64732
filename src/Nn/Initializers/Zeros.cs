using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Zeros.</summary>
public sealed class Zeros : Initializer
{
    /// <inheritdoc/>
    public override Tensor Call(Shape shape) => Tensor.Zeros(shape);
}
