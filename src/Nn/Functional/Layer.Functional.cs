using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>Calls on tensors that do not exist yet.</content>
public abstract partial class Layer
{
    private readonly List<LayerNode> _nodes = [];

    /// <summary>The output of the layer's only symbolic call, with which a model of inner layers' outputs is made.</summary>
    /// <exception cref="InvalidOperationException">The layer was not called on a <see cref="KerasTensor"/>, or more than once.</exception>
    public KerasTensor Output => OnlyNode.Outputs[0];

    /// <summary>The inputs of the layer's only symbolic call.</summary>
    /// <exception cref="InvalidOperationException">The layer was not called on a <see cref="KerasTensor"/>, or more than once.</exception>
    public IReadOnlyList<KerasTensor> CallInputs => OnlyNode.Inputs;

    /// <summary>The symbolic calls, in order; a layer that is shared has several.</summary>
    public IReadOnlyList<LayerNode> InboundNodes => _nodes;

    private LayerNode OnlyNode
    {
        get
        {
            if (_nodes.Count == 0 && Parent is Sequential sequential)
                _ = sequential.Inputs;
            return _nodes.Count == 1
                ? _nodes[0]
                : throw new InvalidOperationException(
                    $"{Title} was called {_nodes.Count} times on a KerasTensor; only a layer that was called once has one output");
        }
    }

    /// <summary>The layer's output for an input that does not exist yet; calling a layer twice shares its weights.</summary>
    /// <param name="x">The input.</param>
    /// <exception cref="ShapeMismatchException">The input does not fit; the message names the layer and both shapes.</exception>
    public KerasTensor Call(KerasTensor x) => Call([x]);

    /// <summary>The output for several inputs that do not exist yet.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <inheritdoc cref="Call(KerasTensor)"/>
    public KerasTensor Call(IReadOnlyList<KerasTensor> inputs)
    {
        KerasTensor[] outputs = CallAll(inputs);
        return outputs.Length == 1
            ? outputs[0]
            : throw Named(new ArgumentException($"there are {outputs.Length} outputs; CallAll gives all of them"));
    }

    /// <summary>All outputs; only models have more than one.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <inheritdoc cref="Call(KerasTensor)"/>
    public KerasTensor[] CallAll(IReadOnlyList<KerasTensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (inputs.Count == 0)
            throw Named(new ArgumentException("there is no input"));
        Shape[] shapes = [.. inputs.Select(input => input.Shape)];
        try
        {
            if (!Built)
                Build(shapes);
            CheckInputs(shapes);
            return AddNode([.. inputs], ComputeOutputShapes(shapes)).Outputs.ToArray();
        }
        catch (ArgumentException error) when (!error.Data.Contains(NamedKey))
        {
            throw Named(error);
        }
    }

    /// <summary>Notes a symbolic call.</summary>
    private protected LayerNode AddNode(KerasTensor[] inputs, Shape[] outputShapes)
    {
        var node = new LayerNode(this, _nodes.Count, inputs, outputShapes);
        _nodes.Add(node);
        return node;
    }
}
