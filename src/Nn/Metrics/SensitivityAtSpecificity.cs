namespace Numerics.Nn;

/// <summary>
/// The greatest sensitivity TP / (TP + FN) of any threshold whose specificity TN / (TN + FP) is at least the given one. It is
/// exact over all distinct scores; Keras' tries 200 thresholds. 0 while examples of either side are missing.
/// </summary>
/// <param name="specificity">The least specificity, in [0, 1].</param>
/// <param name="classId">The only class, a place in the last axis, that counts; all pairs of an example and a class together
/// when null.</param>
/// <param name="name">The name in logs.</param>
public sealed class SensitivityAtSpecificity(double specificity, int? classId = null, string name = "sensitivity_at_specificity")
    : OperatingPointMetric(specificity, nameof(specificity), classId, name)
{
    private protected override double Sought(BinaryCounts counts) =>
        counts.FalsePositives + counts.TrueNegatives > 0 && counts.Specificity() >= Rate ? counts.Recall() : 0;
}
