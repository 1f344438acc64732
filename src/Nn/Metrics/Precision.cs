namespace Numerics.Nn;

/// <summary>Of what was taken for 1, the share that is: TP / (TP + FP); 0 when nothing was.</summary>
/// <param name="threshold">Greater predictions count as 1.</param>
/// <param name="classId">The only class, a place in the last axis, that counts; all of them when null.</param>
/// <param name="average">How the classes' values become one number.</param>
/// <param name="name">The name in logs.</param>
public sealed class Precision(float threshold = 0.5f, int? classId = null, Averaging average = Averaging.Micro, string name = "precision")
    : ConfusionMetric(threshold, classId, average, name)
{
    private protected override double Share(double truePositives, double falsePositives, double falseNegatives) =>
        truePositives == 0 ? 0 : truePositives / (truePositives + falsePositives);
}
