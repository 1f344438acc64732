namespace Numerics.Nn;

/// <summary>initial · decay rate^(step / decay steps).</summary>
/// <param name="initialLearningRate">The rate of the first step.</param>
/// <param name="decaySteps">After how many steps the rate is multiplied by the decay rate; at least 1.</param>
/// <param name="decayRate">The factor.</param>
/// <param name="staircase">Whether the rate falls in jumps, the exponent rounded down.</param>
public sealed class ExponentialDecay(double initialLearningRate, long decaySteps, double decayRate, bool staircase = false) : LearningRateSchedule
{
    private readonly double _steps = Steps(decaySteps, nameof(decaySteps));

    /// <inheritdoc/>
    public override double Call(long step)
    {
        double exponent = step / _steps;
        return initialLearningRate * Math.Pow(decayRate, staircase ? Math.Floor(exponent) : exponent);
    }
}
