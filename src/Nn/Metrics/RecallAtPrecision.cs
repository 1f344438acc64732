namespace Numerics.Nn;

/// <summary>
/// The greatest recall TP / (TP + FN) of any threshold whose precision TP / (TP + FP) is at least the given one; 0 where there is no
/// such threshold. It is exact over all distinct scores; Keras' tries 200 thresholds.
/// </summary>
/// <param name="precision">The least precision, in [0, 1].</param>
/// <param name="classId">The only class, a place in the last axis, that counts; all pairs of an example and a class together
/// when null.</param>
/// <param name="name">The name in logs.</param>
public sealed class RecallAtPrecision(double precision, int? classId = null, string name = "recall_at_precision")
    : OperatingPointMetric(precision, nameof(precision), classId, name)
{
    private protected override double Sought(BinaryCounts counts) => counts.Precision() >= Rate ? counts.Recall() : 0;
}
