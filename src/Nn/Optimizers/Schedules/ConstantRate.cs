namespace Numerics.Nn;

/// <summary>A rate that does not change by itself, but may be set between steps.</summary>
/// <param name="rate">The rate, finite and at least 0.</param>
internal sealed class ConstantRate(float rate) : LearningRateSchedule
{
    /// <summary>The rate.</summary>
    public float Rate { get; } = rate is >= 0 and < float.PositiveInfinity
        ? rate
        : throw new ArgumentOutOfRangeException(nameof(Optimizer.LearningRate), rate, "a learning rate is a finite number of at least 0");

    public override double Call(long step) => Rate;
}
