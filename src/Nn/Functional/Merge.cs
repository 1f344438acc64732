using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A layer without weights that joins several inputs of one batch into one output.</summary>
public abstract class Merge : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    private protected Merge(string? name)
        : base(name)
    {
    }

    /// <inheritdoc/>
    public sealed override Shape ComputeOutputShape(Shape inputShape) => ComputeOutputShape([inputShape]);

    /// <inheritdoc/>
    public sealed override Shape ComputeOutputShape(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        return inputShapes.Count >= Least
            ? MergeShapes(inputShapes)
            : throw new ShapeMismatchException($"expected at least {Least} inputs, got {inputShapes.Count}");
    }

    /// <summary>The smallest number of inputs.</summary>
    private protected virtual int Least => 2;

    /// <summary>The output's shape.</summary>
    private protected abstract Shape MergeShapes(IReadOnlyList<Shape> shapes);

    /// <inheritdoc/>
    protected sealed override void CreateWeights(IReadOnlyList<Shape> inputShapes) => _ = ComputeOutputShape(inputShapes);

    /// <inheritdoc/>
    protected sealed override Tensor Forward(Tensor x, bool training) => Forward([x], training);
}
