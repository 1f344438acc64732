using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Puts the axes of each example into another order.</summary>
public sealed class Permute : Layer
{
    private readonly int[] _dims;

    /// <summary>Creates the layer.</summary>
    /// <param name="dims">The axes in their new order, counted from 1 as in Keras, since 0 is the batch: each of 1 to n once.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentException">These are not the numbers 1 to n.</exception>
    public Permute(IReadOnlyList<int> dims, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(dims);
        _dims = [.. dims];
        if (!_dims.Order().SequenceEqual(Enumerable.Range(1, _dims.Length)))
            throw new ArgumentException($"expected the numbers 1 to {_dims.Length}, each once, got [{string.Join(", ", _dims)}]", nameof(dims));
        InputSpec = Shape.OfRank(_dims.Length + 1);
    }

    /// <summary>The axes in their new order, counted from 1.</summary>
    public IReadOnlyList<int> Dims => _dims;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        CheckInput(inputShape);
        return new Shape([inputShape[0], .. _dims.Select(axis => inputShape[axis])]);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Transpose([0, .. _dims]);
    }
}
