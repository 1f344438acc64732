using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>One value everywhere.</summary>
/// <param name="value">The value.</param>
public sealed class Constant(float value = 0) : Initializer
{
    /// <inheritdoc/>
    public override Tensor Call(Shape shape) => Tensor.Full(shape, value);
}
