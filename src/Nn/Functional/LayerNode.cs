using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>One call of a layer on tensors that do not exist yet.</summary>
public sealed class LayerNode
{
    internal LayerNode(Layer layer, KerasTensor[] inputs, Shape[] outputShapes)
    {
        (Layer, Inputs) = (layer, inputs);
        Outputs = [.. outputShapes.Select((shape, i) => new KerasTensor(this, i, shape))];
    }

    /// <summary>What is called.</summary>
    public Layer Layer { get; }

    /// <summary>What it is called on; nothing for an input.</summary>
    public IReadOnlyList<KerasTensor> Inputs { get; }

    /// <summary>What comes out.</summary>
    public IReadOnlyList<KerasTensor> Outputs { get; }
}
