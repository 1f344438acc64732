namespace Numerics.Nn;

/// <summary>The weight of what was wrongly taken for 0.</summary>
/// <param name="threshold">Greater predictions count as 1.</param>
/// <param name="name">The name in logs.</param>
public sealed class FalseNegatives(float threshold = 0.5f, string name = "false_negatives") : ConfusionCountMetric(threshold, name)
{
    /// <inheritdoc/>
    public override MonitorMode Direction => MonitorMode.Min;

    private protected override bool Counts(bool label, bool prediction) => label && !prediction;
}
