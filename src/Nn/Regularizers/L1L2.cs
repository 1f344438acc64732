using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>l1·Σ|x| + l2·Σx².</summary>
public class L1L2 : Regularizer
{
    /// <summary>Creates the regularizer.</summary>
    /// <param name="l1">The factor of the sum of magnitudes, at least 0.</param>
    /// <param name="l2">The factor of the sum of squares, at least 0.</param>
    public L1L2(float l1 = 0, float l2 = 0) => (L1, L2) = (Factor(l1, nameof(l1)), Factor(l2, nameof(l2)));

    /// <summary>The factor of the sum of magnitudes.</summary>
    public float L1 { get; }

    /// <summary>The factor of the sum of squares.</summary>
    public float L2 { get; }

    /// <inheritdoc/>
    public override Tensor Call(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (L1 > 0 && L2 > 0)
            return (x.Abs().Sum() * L1) + (x.Square().Sum() * L2);
        return L1 > 0 ? x.Abs().Sum() * L1 : x.Square().Sum() * L2;
    }
}
