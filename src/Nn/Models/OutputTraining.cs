using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>What is made small and reported of one output of a model.</summary>
/// <param name="loss">The loss.</param>
/// <param name="weight">How much it counts in the sum over the outputs.</param>
/// <param name="metrics">What is reported, every example counting the same.</param>
/// <param name="weightedMetrics">What is reported with the examples weighted.</param>
/// <param name="name">The output's name, which names in logs begin with; null for the only output.</param>
internal sealed class OutputTraining(
    Loss loss, float weight, IReadOnlyList<Metric> metrics, IReadOnlyList<Metric> weightedMetrics, string? name)
{
    /// <summary>The loss.</summary>
    public Loss Loss => loss;

    /// <summary>What is reported with the examples weighted.</summary>
    public IReadOnlyList<Metric> WeightedMetrics => weightedMetrics;

    /// <summary>The mean of the loss, reported where there are several; null for the only output.</summary>
    public Mean? LossMean { get; } = name is null ? null : new Mean($"{name}_loss");

    /// <summary>The loss of the batch that was computed last; null for the only output.</summary>
    public Tensor? Last { get; set; }

    /// <summary>The metrics under their names in logs.</summary>
    public IEnumerable<(string Name, Metric Metric)> Named =>
        metrics.Concat(weightedMetrics).Select(metric => (name is null ? metric.Name : $"{name}_{metric.Name}", metric));

    /// <summary>The weighted loss of a batch.</summary>
    public Tensor Compute(Tensor y, Tensor prediction, Tensor? sampleWeight)
    {
        Tensor value = loss.Compute(y, prediction, sampleWeight);
        Last = LossMean is null ? null : value;
        return weight == 1 ? value : value * weight;
    }

    /// <summary>Takes <see cref="Last"/> away.</summary>
    public Tensor? TakeLast()
    {
        Tensor? last = Last;
        Last = null;
        return last;
    }

    /// <summary>Takes a batch into the metrics.</summary>
    public void Update(Tensor y, Tensor prediction, Tensor? sampleWeight)
    {
        foreach (Metric metric in metrics)
            metric.UpdateState(y, prediction);
        foreach (Metric metric in weightedMetrics)
            metric.UpdateState(y, prediction, sampleWeight);
    }
}
