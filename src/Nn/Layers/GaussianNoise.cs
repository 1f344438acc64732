using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>In training, adds normal random numbers of mean 0; otherwise does nothing.</summary>
public sealed class GaussianNoise : RandomLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="stddev">The standard deviation, at least 0.</param>
    /// <param name="seed">The seed of the layer's own random numbers; those of <see cref="RandomGenerator.Default"/> are used
    /// when null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The standard deviation is negative or not finite.</exception>
    public GaussianNoise(float stddev, ulong? seed = null, string? name = null)
        : base(seed, name) => Stddev = stddev is >= 0 and < float.PositiveInfinity
            ? stddev
            : throw new ArgumentOutOfRangeException(nameof(stddev), stddev, "stddev is a finite number of at least 0");

    /// <summary>The standard deviation.</summary>
    public float Stddev { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return training && Stddev > 0 ? x + Tensor.RandomNormal(x.Shape, 0, Stddev, NextKey(), x.Backend) : x;
    }
}
