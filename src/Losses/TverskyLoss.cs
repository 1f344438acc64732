using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// One less the Tversky index of labels and predictions: 1 - TP / (TP + alpha·FP + beta·FN + 1e-7), with TP = Σ y·p,
/// FP = Σ (1 - y)·p, FN = Σ y·(1 - p). alpha = beta = ½ gives the Dice coefficient, alpha = beta = 1 the Jaccard index.
/// Source: Salehi, Erdogmus, Gholipour, "Tversky loss function for image segmentation using 3D fully convolutional deep networks",
/// 2017, equation 1.
/// </summary>
public sealed class TverskyLoss : OverlapLoss
{
    private readonly float _alpha;
    private readonly float _beta;

    /// <summary>Creates the loss.</summary>
    /// <param name="alpha">The weight of false positives, at least 0.</param>
    /// <param name="beta">The weight of false negatives, at least 0.</param>
    /// <param name="axis">The axes that the sums run over; all of them, the batch's too, when null, as in Keras. The others remain.</param>
    /// <param name="reduction">How the remaining values become the result.</param>
    /// <param name="name">The name in logs and messages.</param>
    public TverskyLoss(
        float alpha = 0.5f,
        float beta = 0.5f,
        IReadOnlyList<int>? axis = null,
        Reduction reduction = Reduction.SumOverBatchSize,
        string name = "tversky")
        : base(axis, reduction, name)
    {
        _alpha = LossArguments.NonNegative(alpha);
        _beta = LossArguments.NonNegative(beta);
    }

    private protected override Tensor Index(Tensor both, Tensor labels, Tensor predictions) =>
        both / (both + ((predictions - both) * _alpha) + ((labels - both) * _beta) + Epsilon);
}
