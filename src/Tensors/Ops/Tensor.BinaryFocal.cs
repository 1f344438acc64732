namespace Numerics.Tensors;

/// <content>The focal terms of a loss over yes/no predictions.</content>
public sealed partial class Tensor
{
    /// <summary>
    /// The focal term of each element, as <see cref="BinaryFocalTerm"/> has it. This tensor holds the probabilities, which are
    /// clipped to [epsilon, 1 - epsilon]. No gradient flows to the target, nor where they were clipped.
    /// </summary>
    /// <param name="target">Labels from 0 to 1, of this shape.</param>
    /// <param name="term">The constants.</param>
    /// <param name="epsilon">The clip distance, in (0, 0.5).</param>
    /// <returns>This shape.</returns>
    public Tensor BinaryFocal(Tensor target, BinaryFocalTerm term, float epsilon = 1e-7f)
    {
        Backend backend = CheckBinaryFocal(target, term);
        CheckClipDistance(epsilon);
        Tensor y = Empty(backend, Shape);
        backend.BinaryFocal(target, this, term, epsilon, y);
        GradientTape.Record(y, [this], [target], (dy, _) =>
        {
            Tensor dp = Empty(backend, Shape);
            backend.BinaryFocalGradient(target, this, term, epsilon, dy, dp);
            return [dp];
        });
        return y;
    }

    /// <summary>
    /// The focal term of each element, as <see cref="BinaryFocalTerm"/> has it, with p the sigmoid of this tensor: exact for logits
    /// of any size. No gradient flows to the target.
    /// </summary>
    /// <param name="target">Labels from 0 to 1, of this shape.</param>
    /// <param name="term">The constants.</param>
    /// <returns>This shape.</returns>
    public Tensor SigmoidBinaryFocal(Tensor target, BinaryFocalTerm term)
    {
        Backend backend = CheckBinaryFocal(target, term);
        Tensor y = Empty(backend, Shape);
        backend.SigmoidBinaryFocal(target, this, term, y);
        GradientTape.Record(y, [this], [target], (dy, _) =>
        {
            Tensor dz = Empty(backend, Shape);
            backend.SigmoidBinaryFocalGradient(target, this, term, dy, dz);
            return [dz];
        });
        return y;
    }

    private Backend CheckBinaryFocal(Tensor target, BinaryFocalTerm term)
    {
        const string Op = "BinaryFocal";
        CheckFloat(this, Op);
        CheckFloat(target, Op);
        CheckShape(target, Shape, "a target", Op);
        if (!(term.GammaPositive >= 0 && term.GammaNegative >= 0))
            throw new ArgumentOutOfRangeException(nameof(term), term, "gamma is at least 0");
        if (term.Margin is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(term), term.Margin, "the margin is in [0, 1)");
        return SameBackend(this, target);
    }
}
