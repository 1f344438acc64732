using Numerics.Losses;

namespace Numerics.Nn;

/// <summary>
/// √(Σ w·e / Σ w), e being the mean of (y - p)² over the last axis of an example: the root is taken of the mean over all that was
/// taken in, not of each batch. In the unit of the target.
/// </summary>
/// <param name="name">The name in logs.</param>
public sealed class RootMeanSquaredError(string name = "root_mean_squared_error") : LossMetric(new MeanSquaredError(), name)
{
    /// <inheritdoc/>
    public override double Result() => Math.Sqrt(base.Result());
}
