using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>Moves labels away from certainty (Szegedy et al. 2016, "Rethinking the Inception architecture", section 7).</summary>
internal static class LabelSmoothing
{
    /// <summary>y·(1 - share) + share / classes, the classes being the last axis.</summary>
    public static Tensor OverClasses(Tensor labels, float share) =>
        share == 0 ? labels : Tensor.Apply(labels, new UnaryOp(UnaryKind.Affine, 1 - share, share / labels.Shape[-1]));

    /// <summary>y·(1 - share) + share / 2.</summary>
    public static Tensor Binary(Tensor labels, float share) =>
        share == 0 ? labels : Tensor.Apply(labels, new UnaryOp(UnaryKind.Affine, 1 - share, share / 2));
}
