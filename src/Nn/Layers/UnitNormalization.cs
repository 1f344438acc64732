using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Divides by the Euclidean length over some axes, so that it is 1: x / ‖x‖, lengths below 1e-12 counting as 1e-12.</summary>
public sealed class UnitNormalization : Layer
{
    private readonly int[] _axes;

    /// <summary>Creates the layer.</summary>
    /// <param name="axis">The axes of a vector, without the batch; the last one when null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public UnitNormalization(IReadOnlyList<int>? axis = null, string? name = null)
        : base(name)
    {
        _axes = [.. axis ?? [-1]];
        if (_axes.Length == 0 || _axes.Contains(0))
            throw new ArgumentException("at least one axis makes a vector, and axis 0 is the batch", nameof(axis));
    }

    /// <summary>The axes of a vector.</summary>
    public IReadOnlyList<int> Axis => _axes;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Normalize(_axes);
    }
}
