using System.Collections;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A model whose layers follow one another.</summary>
/// <example><code>
/// using var model = new Sequential
/// {
///     new Conv2D(16, 3, activation: Activation.Relu), new MaxPooling2D(2),
///     new Flatten(),
///     new Dense(2, activation: Activation.Softmax),
/// };
/// </code></example>
/// <param name="name">The model's name; <c>sequential</c> when null.</param>
public sealed class Sequential(string? name = null) : Model(name), IEnumerable<Layer>
{
    private Stage[]? _stages;
    private bool _fuse = true;

    /// <summary>Creates a model of layers that are there already, as Keras' <c>Sequential([…])</c> does.</summary>
    /// <param name="layers">The layers in order, as <see cref="Add"/> takes them.</param>
    /// <param name="name">The model's name; <c>sequential</c> when null.</param>
    /// <exception cref="ArgumentException">As <see cref="Add"/>.</exception>
    public Sequential(IEnumerable<Layer> layers, string? name = null)
        : this(name)
    {
        ArgumentNullException.ThrowIfNull(layers);
        foreach (Layer layer in layers)
            Add(layer);
    }

    /// <summary>
    /// Whether runs of layers are computed in one op where there is one: a convolution with bias and ReLU together with the
    /// max-pooling behind it. The numbers are the same, the memory for what lies between is saved.
    /// </summary>
    public bool Fuse
    {
        get => _fuse;
        set
        {
            _fuse = value;
            _stages = null;
        }
    }

    /// <summary>Appends a layer, which the model owns from now on.</summary>
    /// <param name="layer">The layer; an <see cref="Input"/> may only be the first, is not listed, and builds the layers that
    /// follow at once.</param>
    /// <exception cref="ArgumentException">The layer belongs to a model already, or its name is taken, or it cannot take what
    /// comes.</exception>
    public void Add(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (layer is Input input)
        {
            if (Built || Layers.Count > 0)
                throw new ArgumentException("an Input can only be the first entry of a Sequential", nameof(layer));
            InputSpec = input.Shape.Prepend(Shape.Unknown);
            Build(InputSpec);
            return;
        }

        _ = AddLayer(layer);
        _stages = null;
        ForgetGraph();
        if (!Built)
            return;
        try
        {
            layer.Build(OutputShape!);
        }
        catch
        {
            RemoveLastLayer();
            throw;
        }

        OutputShape = layer.OutputShape;
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Shape shape = inputShape;
        foreach (Layer layer in Layers)
            shape = layer.ComputeOutputShape(shape);
        return shape;
    }

    /// <summary>The layers, in order.</summary>
    public IEnumerator<Layer> GetEnumerator() => Layers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    private protected override (KerasTensor[] Inputs, KerasTensor[] Outputs) MakeGraph()
    {
        if (!Built)
            throw new InvalidOperationException($"{Title} has no inputs yet: begin it with an Input, build it, or call it on a batch");
        KerasTensor input = new Input(new Shape(InputShape!.Dims[1..])).Tensor, output = input;
        foreach (Layer layer in Layers)
            output = layer.Call(output);
        return ([input], [output]);
    }

    /// <inheritdoc/>
    internal override bool KnowsGraph => Built && Layers.Count > 0;

    private protected override bool Takes(DType type) => true;

    /// <inheritdoc/>
    protected override void CreateWeights(Shape inputShape)
    {
        Shape shape = inputShape;
        foreach (Layer layer in Layers)
        {
            layer.Build(shape);
            shape = layer.OutputShape!;
        }
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        Tensor y = x;
        foreach (Stage stage in _stages ??= [.. Plan()])
            y = stage.Pool is { } pool ? ((Conv2D)stage.Layer).CallPooled(y, pool, stage.Name) : stage.Layer.Call(y, training);
        return y;
    }

    private IEnumerable<Stage> Plan()
    {
        for (int i = 0; i < Layers.Count; i++)
        {
            if (Fuse && Layers[i] is Conv2D { CanFusePooling: true } conv && i + 1 < Layers.Count && Layers[i + 1] is MaxPooling2D pool)
            {
                yield return new Stage(conv, pool, $"{conv.Name} + {pool.Name}");
                i++;
            }
            else
            {
                yield return new Stage(Layers[i], null, Layers[i].Name);
            }
        }
    }

    /// <summary>One call: a layer, with the max-pooling behind it when both are one op.</summary>
    private readonly record struct Stage(Layer Layer, MaxPooling2D? Pool, string Name);
}
