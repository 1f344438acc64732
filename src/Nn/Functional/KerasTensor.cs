using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// A tensor that does not exist yet: the output of an <see cref="Input"/> or of a layer called on such tensors. Models are made
/// of them.
/// </summary>
/// <example><code>
/// KerasTensor inputs = new Input((28, 28, 1));
/// KerasTensor x = new Conv2D(16, 3, padding: Padding.Same, activation: "relu").Call(inputs);
/// KerasTensor shortcut = new Conv2D(16, 1).Call(inputs);
/// x = new Flatten().Call(x + shortcut);
/// using var model = new Model(inputs, new Dense(10, "softmax").Call(x));
/// </code></example>
public sealed class KerasTensor
{
    internal KerasTensor(LayerNode node, int index, Shape shape) => (Node, Index, Shape) = (node, index, shape);

    /// <summary>The extents, the batch's unknown.</summary>
    public Shape Shape { get; }

    /// <summary>The layer whose output this is.</summary>
    public Layer Layer => Node.Layer;

    /// <summary>The call whose output this is.</summary>
    public LayerNode Node { get; }

    /// <summary>Which of the call's outputs.</summary>
    public int Index { get; }

    /// <summary>An input stands for its tensor.</summary>
    public static implicit operator KerasTensor(Input input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Tensor;
    }

    /// <summary>The sum: an <see cref="Numerics.Nn.Add"/> layer.</summary>
    public static KerasTensor operator +(KerasTensor a, KerasTensor b) => Add(a, b);

    /// <summary>The difference: a <see cref="Numerics.Nn.Subtract"/> layer.</summary>
    public static KerasTensor operator -(KerasTensor a, KerasTensor b) => Subtract(a, b);

    /// <summary>The product of elements: a <see cref="Numerics.Nn.Multiply"/> layer.</summary>
    public static KerasTensor operator *(KerasTensor a, KerasTensor b) => Multiply(a, b);

    /// <summary>The sum of two tensors.</summary>
    public static KerasTensor Add(KerasTensor a, KerasTensor b) => new Add().Call([a, b]);

    /// <summary>The difference of two tensors.</summary>
    public static KerasTensor Subtract(KerasTensor a, KerasTensor b) => new Subtract().Call([a, b]);

    /// <summary>The product of the elements of two tensors.</summary>
    public static KerasTensor Multiply(KerasTensor a, KerasTensor b) => new Multiply().Call([a, b]);

    /// <summary>Layer and extents.</summary>
    public override string ToString() => $"{Layer.Name} {Shape}";
}
