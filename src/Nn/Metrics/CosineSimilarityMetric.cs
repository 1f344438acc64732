using Numerics.Losses;

namespace Numerics.Nn;

/// <summary>
/// The mean cosine of the angle between y and p, Σ y·p / (‖y‖·‖p‖): 1 where they point the same way, 0 where they are orthogonal or one
/// of them is zero, -1 where they are opposite. The loss <see cref="CosineSimilarity"/>, which is made small, has the other sign.
/// </summary>
/// <param name="axis">The axis of the vectors; negative counts from the end.</param>
/// <param name="name">The name in logs.</param>
public sealed class CosineSimilarityMetric(int axis = -1, string name = "cosine_similarity") : LossMetric(new CosineSimilarity(axis), name)
{
    /// <summary>The axis of the vectors.</summary>
    public int Axis => axis;

    /// <inheritdoc/>
    public override MonitorMode Direction => MonitorMode.Max;

    /// <inheritdoc/>
    public override double Result() => 0 - base.Result();
}
