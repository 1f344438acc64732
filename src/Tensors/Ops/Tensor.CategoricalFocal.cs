namespace Numerics.Tensors;

/// <content>The focal terms of a loss over classes.</content>
public sealed partial class Tensor
{
    /// <summary>
    /// The focal term of each row: q = clip(p, epsilon, 1 - epsilon), Σ_c y_c·(ε·(1-q_c)^(γ+1) - alpha_c·(1-q_c)^γ·ln q_c). This
    /// tensor is p. No gradient flows to the target, nor where p was clipped.
    /// </summary>
    /// <param name="target">One-hot or soft labels [rows, classes], or Int32 class numbers [rows]; a row whose number is not a class
    /// has no label and the loss 0.</param>
    /// <param name="alpha">[1], or one for each class [classes].</param>
    /// <param name="term">γ, at least 0, and ε.</param>
    /// <param name="epsilon">The clip distance, in (0, 0.5).</param>
    /// <returns>[rows].</returns>
    public Tensor CategoricalFocal(Tensor target, Tensor alpha, FocalTerm term, float epsilon = 1e-7f)
    {
        Backend backend = CheckFocal(target, alpha, term);
        CheckClipDistance(epsilon);
        Tensor y = Empty(backend, Shape[0]);
        backend.CategoricalFocal(target, this, alpha, term, epsilon, y);
        GradientTape.Record(y, [this], [target, alpha], (dy, _) =>
        {
            Tensor dp = Empty(backend, Shape);
            backend.CategoricalFocalGradient(target, this, alpha, term, epsilon, dy, dp);
            return [dp];
        });
        return y;
    }

    /// <summary>
    /// The focal term of each row of logits, exact for logits of any size: Σ_c y_c·(ε·u_c^(γ+1) - alpha_c·u_c^γ·log p_c) with
    /// p = softmax and u_c the other classes' share. This tensor holds the logits. No gradient flows to the target.
    /// </summary>
    /// <param name="target">One-hot or soft labels [rows, classes], or Int32 class numbers [rows]; a row whose number is not a class
    /// has no label and the loss 0.</param>
    /// <param name="alpha">[1], or one for each class [classes].</param>
    /// <param name="term">γ, at least 0, and ε.</param>
    /// <returns>[rows].</returns>
    public Tensor SoftmaxCategoricalFocal(Tensor target, Tensor alpha, FocalTerm term)
    {
        Backend backend = CheckFocal(target, alpha, term);
        Tensor y = Empty(backend, Shape[0]);
        backend.SoftmaxCategoricalFocal(target, this, alpha, term, y);
        GradientTape.Record(y, [this], [target, alpha], (dy, _) =>
        {
            Tensor dz = Empty(backend, Shape);
            backend.SoftmaxCategoricalFocalGradient(target, this, alpha, term, dy, dz);
            return [dz];
        });
        return y;
    }

    // At a distance of 0 a label of 0 would meet the logarithm of 0, and a perfect prediction would be NaN.
    private static void CheckClipDistance(float epsilon)
    {
        if (epsilon is not (> 0 and < 0.5f))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "the clip distance is in (0, 0.5)");
    }

    private Backend CheckFocal(Tensor target, Tensor alpha, FocalTerm term)
    {
        const string Op = "CategoricalFocal";
        _ = SameBackend(this, alpha);
        CheckFloat(this, Op);
        CheckFloat(alpha, Op);
        CheckRank(this, 2, "predictions [batch, classes]", Op);
        if (target.DType == DType.Int32)
        {
            CheckShape(target, Shape.Without(-1), "class numbers", Op);
        }
        else
        {
            CheckFloat(target, Op);
            CheckShape(target, Shape, "a target", Op);
        }

        if (alpha.Rank != 1 || (alpha.Count != 1 && alpha.Count != Shape[1]))
            throw new ShapeMismatchException($"CategoricalFocal: alpha is one number or one a class ({Shape[1]}), got {alpha.Shape}");
        if (!(term.Gamma >= 0))
            throw new ArgumentOutOfRangeException(nameof(term), term.Gamma, "gamma is at least 0");
        return SameBackend(this, target);
    }
}
