using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A uniform distribution.</summary>
/// <param name="minimum">The lower end, inclusive.</param>
/// <param name="maximum">The upper end.</param>
/// <param name="seed">The seed; see <see cref="Initializer"/>.</param>
public sealed class RandomUniform(float minimum = -0.05f, float maximum = 0.05f, ulong? seed = null) : Initializer(seed)
{
    /// <summary>The lower end.</summary>
    public float Minimum => minimum;

    /// <summary>The upper end.</summary>
    public float Maximum => maximum;

    /// <inheritdoc/>
    public override Tensor Call(Shape shape) => Tensor.RandomUniform(shape, minimum, maximum, NextKey());
}
