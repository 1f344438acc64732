using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// In training, sets each element to 0 with some probability and scales the others so that the mean stays; otherwise does nothing.
/// Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout", JMLR 15, 2014.
/// </summary>
public sealed class Dropout : RandomLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="rate">The probability of a zero, in [0, 1).</param>
    /// <param name="seed">The seed of the layer's own random numbers; those of <see cref="RandomGenerator.Default"/> are used
    /// when null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1).</exception>
    public Dropout(float rate, ulong? seed = null, string? name = null)
        : base(seed, name) => Rate = CheckedRate(rate);

    /// <summary>The probability of a zero.</summary>
    public float Rate { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static float CheckedRate(float rate) => rate is >= 0 and < 1
        ? rate
        : throw new ArgumentOutOfRangeException(nameof(rate), rate, "a dropout rate is in [0, 1)");

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return training && Rate > 0 ? x.Dropout(Rate, NextKey()) : x;
    }
}
