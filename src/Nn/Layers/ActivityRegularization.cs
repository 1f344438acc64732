using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Leaves its input as it is and adds l1·Σ|x| + l2·Σx², divided by the batch's size, to the loss.</summary>
public sealed class ActivityRegularization : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="l1">The factor of the sum of magnitudes, at least 0.</param>
    /// <param name="l2">The factor of the sum of squares, at least 0.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public ActivityRegularization(float l1 = 0, float l2 = 0, string? name = null)
        : base(name)
    {
        ActivityRegularizer = new L1L2(l1, l2);
        (L1, L2) = (l1, l2);
    }

    /// <summary>The factor of the sum of magnitudes.</summary>
    public float L1 { get; }

    /// <summary>The factor of the sum of squares.</summary>
    public float L2 { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training) => x;
}
