using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The first entry of a <see cref="Sequential"/> that should be built at once, before it has seen data: says what one example looks like.
/// </summary>
public sealed class Input : Layer
{
    /// <summary>Creates the entry.</summary>
    /// <param name="shape">The shape of one example without the batch, such as <c>(224, 224, 3)</c>.</param>
    /// <param name="name">The name; chosen by the model when null.</param>
    public Input(Shape shape, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Shape = shape;
        InputSpec = shape.Prepend(Numerics.Tensors.Shape.Unknown);
    }

    /// <summary>The shape of one example.</summary>
    public Shape Shape { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training) => x;
}
