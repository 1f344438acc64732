using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// What one example looks like: the first entry of a <see cref="Sequential"/> that should be built at once, or an input of a
/// <see cref="Model"/> made of <see cref="KerasTensor"/>s, to which it converts.
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
        Tensor = AddNode([], [InputSpec]).Outputs[0];
        Build(InputSpec);
    }

    /// <summary>The shape of one example.</summary>
    public Shape Shape { get; }

    /// <summary>A batch of examples, for a model's inputs.</summary>
    public KerasTensor Tensor { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training) => x;
}
