namespace Numerics.Nn;

/// <summary>Of what is 1, the share that was taken for it: TP / (TP + FN); 0 when nothing is.</summary>
/// <param name="threshold">Greater predictions count as 1.</param>
/// <param name="classId">The only class, a place in the last axis, that counts; all of them when null.</param>
/// <param name="name">The name in logs.</param>
public sealed class Recall(float threshold = 0.5f, int? classId = null, string name = "recall") : ConfusionMetric(threshold, classId, name)
{
    /// <inheritdoc/>
    public override double Result() => TruePositives == 0 ? 0 : TruePositives / (TruePositives + FalseNegatives);
}
