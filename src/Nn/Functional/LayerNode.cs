using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>One call of a layer on tensors that do not exist yet.</summary>
public sealed class LayerNode
{
    internal LayerNode(Layer layer, int number, KerasTensor[] inputs, Shape[] outputShapes)
    {
        (Layer, Number, Inputs) = (layer, number, inputs);
        Outputs = [.. outputShapes.Select((shape, i) => new KerasTensor(this, i, shape))];
    }

    /// <summary>What is called.</summary>
    public Layer Layer { get; }

    /// <summary>Which of the layer's symbolic calls, from 0.</summary>
    public int Number { get; }

    /// <summary>What it is called on; nothing for an input.</summary>
    public IReadOnlyList<KerasTensor> Inputs { get; }

    /// <summary>What comes out.</summary>
    public IReadOnlyList<KerasTensor> Outputs { get; }
}
