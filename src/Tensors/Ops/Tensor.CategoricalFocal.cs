namespace Numerics.Tensors;

/// <content>The focal terms of a classification loss.</content>
public sealed partial class Tensor
{
    /// <summary>
    /// The focal term of each row: q = clip(p, epsilon, 1 - epsilon), -Σ_c alpha_c·y_c·(1-q_c)^gamma·ln q_c. This tensor is p.
    /// No gradient flows to the target, nor where p was clipped.
    /// </summary>
    /// <param name="target">One-hot or soft labels [rows, classes].</param>
    /// <param name="alpha">[1], or one for each class [classes].</param>
    /// <param name="gamma">The focusing exponent, at least 0.</param>
    /// <param name="epsilon">The clip distance.</param>
    /// <returns>[rows].</returns>
    public Tensor CategoricalFocal(Tensor target, Tensor alpha, float gamma, float epsilon = 1e-7f)
    {
        Backend backend = CheckFocal(target, alpha, gamma);
        Tensor y = Empty(backend, Shape[0]);
        backend.CategoricalFocal(target, this, alpha, gamma, epsilon, y);
        GradientTape.Record(y, [this], [target, alpha], (dy, _) =>
        {
            Tensor dp = Empty(backend, Shape);
            backend.CategoricalFocalGradient(target, this, alpha, gamma, epsilon, dy, dp);
            return [dp];
        });
        return y;
    }

    /// <summary>
    /// The focal term of each row of logits, exact for logits of any size: -Σ_c alpha_c·y_c·u_c^gamma·log p_c with p = softmax and
    /// u_c the other classes' share. This tensor holds the logits. No gradient flows to the target.
    /// </summary>
    /// <param name="target">One-hot or soft labels [rows, classes].</param>
    /// <param name="alpha">[1], or one for each class [classes].</param>
    /// <param name="gamma">The focusing exponent, at least 0.</param>
    /// <returns>[rows].</returns>
    public Tensor SoftmaxCategoricalFocal(Tensor target, Tensor alpha, float gamma)
    {
        Backend backend = CheckFocal(target, alpha, gamma);
        Tensor y = Empty(backend, Shape[0]);
        backend.SoftmaxCategoricalFocal(target, this, alpha, gamma, y);
        GradientTape.Record(y, [this], [target, alpha], (dy, _) =>
        {
            Tensor dz = Empty(backend, Shape);
            backend.SoftmaxCategoricalFocalGradient(target, this, alpha, gamma, dy, dz);
            return [dz];
        });
        return y;
    }

    private Backend CheckFocal(Tensor target, Tensor alpha, float gamma)
    {
        _ = SameBackend(this, alpha);
        CheckFloat(this, "CategoricalFocal");
        CheckFloat(target, "CategoricalFocal");
        CheckRank(this, 2, "predictions [batch, classes]", "CategoricalFocal");
        CheckShape(target, Shape, "a target", "CategoricalFocal");
        if (alpha.Rank != 1 || (alpha.Count != 1 && alpha.Count != Shape[1]))
            throw new ShapeMismatchException($"CategoricalFocal: alpha is one number or one a class ({Shape[1]}), got {alpha.Shape}");
        if (!(gamma >= 0))
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "gamma is at least 0");
        return SameBackend(this, target);
    }
}
