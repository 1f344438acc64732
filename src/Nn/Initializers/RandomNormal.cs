using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A normal distribution.</summary>
/// <param name="mean">The mean.</param>
/// <param name="standardDeviation">The standard deviation.</param>
/// <param name="seed">The seed; see <see cref="Initializer"/>.</param>
public sealed class RandomNormal(float mean = 0, float standardDeviation = 0.05f, ulong? seed = null) : Initializer(seed)
{
    /// <summary>The mean.</summary>
    public float Mean => mean;

    /// <summary>The standard deviation.</summary>
    public float StandardDeviation => standardDeviation;

    /// <inheritdoc/>
    public override Tensor Call(Shape shape) => Tensor.RandomNormal(shape, mean, standardDeviation, NextKey());
}
