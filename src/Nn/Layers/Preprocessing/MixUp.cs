using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Blends each example of a batch with another one: pixels and targets are λ of the one and 1 - λ of the other, λ from Beta(alpha, alpha).
/// Source: Zhang, Cisse, Dauphin, Lopez-Paz, "mixup: Beyond Empirical Risk Minimization", ICLR 2018.
/// </summary>
/// <param name="alpha">The distribution's parameter: small ones leave most examples nearly as they are.</param>
public sealed class MixUp(float alpha = 0.2f) : BatchMixing(alpha, nameof(alpha))
{
    private protected override float Mix(NDArray own, NDArray other, NDArray target, float share, PhiloxStream random)
    {
        Blend(own, other, share, target);
        return share;
    }
}
