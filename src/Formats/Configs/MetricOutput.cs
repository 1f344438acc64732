using Numerics.Losses;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>What a metric sees of a model: Keras says in settings what ours tell from shapes.</summary>
/// <param name="OneColumn">Whether predictions are one score of class 1 an example.</param>
/// <param name="Logits">Whether predictions are logits.</param>
internal readonly record struct MetricOutput(bool OneColumn, bool Logits)
{
    /// <summary>The only output of a model.</summary>
    public static MetricOutput Of(Model model) => new(
        model.OutputShape is { Rank: > 0 } shape && shape[-1] == 1,
        model.Loss is BinaryLoss { FromLogits: true } or ClassifierLoss { FromLogits: true });
}
