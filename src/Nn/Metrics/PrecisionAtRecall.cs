namespace Numerics.Nn;

/// <summary>
/// The greatest precision TP / (TP + FP) of any threshold whose recall TP / (TP + FN) is at least the given one. It is exact over all
/// distinct scores; Keras' tries 200 thresholds. 0 while positive examples are missing.
/// </summary>
/// <param name="recall">The least recall, in [0, 1].</param>
/// <param name="classId">The only class, a place in the last axis, that counts; all pairs of an example and a class together
/// when null.</param>
/// <param name="name">The name in logs.</param>
public sealed class PrecisionAtRecall(double recall, int? classId = null, string name = "precision_at_recall")
    : OperatingPointMetric(recall, nameof(recall), classId, name)
{
    private protected override double Sought(BinaryCounts counts) => counts.Recall() >= Rate ? counts.Precision() : 0;
}
