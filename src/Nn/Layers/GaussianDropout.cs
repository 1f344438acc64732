using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// In training, multiplies by normal random numbers of mean 1 and the variance of a dropout, rate / (1 - rate); otherwise does nothing.
/// Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout", JMLR 15, 2014, section 10.
/// </summary>
public sealed class GaussianDropout : RandomLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="rate">The rate of the dropout that it stands for, in [0, 1).</param>
    /// <param name="seed">The seed of the layer's own random numbers; those of <see cref="RandomGenerator.Default"/> are used
    /// when null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1).</exception>
    public GaussianDropout(float rate, ulong? seed = null, string? name = null)
        : base(seed, name) => Rate = Dropout.CheckedRate(rate);

    /// <summary>The rate of the dropout that it stands for.</summary>
    public float Rate { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return training && Rate > 0 ? x * Tensor.RandomNormal(x.Shape, 1, MathF.Sqrt(Rate / (1 - Rate)), NextKey(), x.Backend) : x;
    }
}
