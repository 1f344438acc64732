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
    private LayerRun[]? _runs;
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
    /// max-pooling behind it; a batch normalisation with the ReLU behind it and, when it does not use the batch's statistics, with the
    /// convolution before it. The numbers are the same, but for rounding in the last case; the memory for what lies between is saved.
    /// </summary>
    public bool Fuse
    {
        get => _fuse;
        set
        {
            _fuse = value;
            _runs = null;
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
        _runs = null;
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
        foreach (LayerRun run in _runs ??= [.. Plan()])
            y = run.Call([y], training)[0];
        return y;
    }

    private IEnumerable<LayerRun> Plan()
    {
        Layer[] layers = [.. Layers];
        for (int i = 0; i < layers.Length;)
        {
            var run = LayerRun.Of(layers.AsSpan(i, Math.Min(Fuse ? LayerRun.MostLayers : 1, layers.Length - i)));
            yield return run;
            i += run.Layers.Count;
        }
    }
}
