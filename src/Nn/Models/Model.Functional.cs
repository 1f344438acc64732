using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>Models made of inputs and outputs.</content>
public partial class Model
{
    private readonly LayerGraph? _graph;
    private (KerasTensor[] Inputs, KerasTensor[] Outputs)? _ends;

    /// <summary>Creates a model of the layers between an input and an output.</summary>
    /// <param name="inputs">What comes in: an <see cref="Input"/>.</param>
    /// <param name="outputs">What comes out.</param>
    /// <param name="name">Its name; <c>functional</c> when null.</param>
    /// <exception cref="ArgumentException">The output depends on something else, or two layers have one name.</exception>
    public Model(KerasTensor inputs, KerasTensor outputs, string? name = null)
        : this([inputs], [outputs], name)
    {
    }

    /// <summary>Creates a model of the layers between inputs and outputs, which it owns from now on unless another model does.</summary>
    /// <param name="inputs">What comes in: <see cref="Input"/>s, or outputs of layers at which the model is to begin.</param>
    /// <param name="outputs">What comes out. <see cref="Fit(IDataSource, int, IDataSource?, IReadOnlyList{Callback}?, int, int, IReadOnlyDictionary{int, float}?, int?, int?, int, CancellationToken)"/>
    /// takes models with one input and one output; others are run with <see cref="Layer.CallAll(IReadOnlyList{Tensor}, bool)"/>.</param>
    /// <param name="name">Its name; <c>functional</c> when null.</param>
    /// <exception cref="ArgumentException">An output depends on something else, or two layers have one name.</exception>
    public Model(IReadOnlyList<KerasTensor> inputs, IReadOnlyList<KerasTensor> outputs, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        _graph = new LayerGraph(inputs, outputs);
        _ends = ([.. inputs], [.. outputs]);
        foreach (Layer layer in _graph.Nodes.Select(node => node.Layer).Distinct())
            AddSharedLayer(layer);
        if (inputs.Count == 1)
            InputSpec = inputs[0].Shape;
        Build([.. inputs.Select(input => input.Shape)]);
    }

    /// <summary>What comes in. A <see cref="Sequential"/> has it once it is built.</summary>
    /// <exception cref="NotSupportedException">The model is a class of one's own, whose inputs are not known.</exception>
    public IReadOnlyList<KerasTensor> Inputs => (_ends ??= MakeGraph()).Inputs;

    /// <summary>What comes out. A <see cref="Sequential"/> has it once it is built.</summary>
    /// <exception cref="NotSupportedException">The model is a class of one's own, whose outputs are not known.</exception>
    public IReadOnlyList<KerasTensor> Outputs => (_ends ??= MakeGraph()).Outputs;

    /// <summary>Whether <see cref="Inputs"/> and <see cref="Outputs"/> can be told: not of a class of one's own.</summary>
    internal virtual bool KnowsGraph => _graph is not null;

    /// <summary>The calls of layers of a model made of inputs and outputs, each after those that it depends on; null for others.</summary>
    public IReadOnlyList<LayerNode>? Nodes => _graph?.Nodes;

    /// <summary>The layer of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">There is no such layer; the message lists those there are.</exception>
    public Layer GetLayer(string name) => Layers.FirstOrDefault(layer => layer.Name == name)
        ?? throw new ArgumentException($"{Title} has no layer '{name}'; it has: {string.Join(", ", Layers.Select(layer => layer.Name))}", nameof(name));

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(IReadOnlyList<Shape> inputShapes) =>
        _graph is null ? base.ComputeOutputShape(inputShapes) : ComputeOutputShapes(inputShapes)[0];

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) =>
        _graph is null ? base.ComputeOutputShape(inputShape) : ComputeOutputShapes([inputShape])[0];

    internal override Shape[] ComputeOutputShapes(IReadOnlyList<Shape> inputShapes) =>
        _graph is null ? base.ComputeOutputShapes(inputShapes) : _graph.ComputeShapes(inputShapes);

    private protected override bool Takes(DType type) => _graph is not null || base.Takes(type);

    /// <summary>Inputs and outputs of a model that is not made of them.</summary>
    private protected virtual (KerasTensor[] Inputs, KerasTensor[] Outputs) MakeGraph() =>
        throw new NotSupportedException($"{Title}: only a Sequential and a model made of inputs and outputs know them");

    /// <summary>To be called when layers were added.</summary>
    private protected void ForgetGraph() => _ends = null;

    private protected override Tensor[] ForwardAll(IReadOnlyList<Tensor> inputs, bool training) =>
        _graph is null ? base.ForwardAll(inputs, training) : _graph.Run(inputs, training);

    /// <inheritdoc/>
    protected override void CreateWeights(IReadOnlyList<Shape> inputShapes)
    {
        // The layers of a graph were built when they were called.
        if (_graph is null)
            base.CreateWeights(inputShapes);
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Not overridden in a model of one's own.</exception>
    protected override Tensor Forward(Tensor x, bool training) =>
        throw new NotSupportedException($"{Title}: a model of one's own overrides Forward(Tensor, bool)");
}
