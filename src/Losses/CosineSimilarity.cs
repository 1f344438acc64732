using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// Minus the cosine of the angle between y and p, -Σ y·p / (‖y‖·‖p‖): -1 where they point the same way, 0 where they are orthogonal
/// or one of them is zero.
/// </summary>
/// <param name="axis">The axis of the vectors.</param>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class CosineSimilarity(int axis = -1, Reduction reduction = Reduction.SumOverBatchSize, string name = "cosine_similarity")
    : Loss(name, reduction)
{
    /// <summary>The axis of the vectors.</summary>
    public int Axis { get; } = axis;

    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred) =>
        -(SameShape(yTrue, yPred).Normalize(Axis, Epsilon) * yPred.Normalize(Axis, Epsilon)).Sum(Axis);
}
