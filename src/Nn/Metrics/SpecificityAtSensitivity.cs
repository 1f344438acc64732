namespace Numerics.Nn;

/// <summary>
/// The greatest specificity TN / (TN + FP) of any threshold whose sensitivity TP / (TP + FN) is at least the given one. It is
/// exact over all distinct scores; Keras' tries 200 thresholds. 0 while examples of either side are missing.
/// </summary>
/// <param name="sensitivity">The least sensitivity, in [0, 1].</param>
/// <param name="classId">The only class, a place in the last axis, that counts; all pairs of an example and a class together
/// when null.</param>
/// <param name="name">The name in logs.</param>
public sealed class SpecificityAtSensitivity(double sensitivity, int? classId = null, string name = "specificity_at_sensitivity")
    : OperatingPointMetric(sensitivity, nameof(sensitivity), classId, name)
{
    private protected override double Sought(BinaryCounts counts) => counts.Recall() >= Rate ? counts.Specificity() : 0;
}
