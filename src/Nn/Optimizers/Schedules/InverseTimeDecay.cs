namespace Numerics.Nn;

/// <summary>initial / (1 + decay rate · step / decay steps).</summary>
/// <param name="initialLearningRate">The rate of the first step.</param>
/// <param name="decaySteps">How often decay is applied; at least 1.</param>
/// <param name="decayRate">How fast the rate falls.</param>
/// <param name="staircase">Whether the rate falls in jumps, step / decay steps rounded down.</param>
public sealed class InverseTimeDecay(double initialLearningRate, long decaySteps, double decayRate, bool staircase = false) : LearningRateSchedule
{
    private readonly double _steps = Steps(decaySteps, nameof(decaySteps));

    /// <inheritdoc/>
    public override double Call(long step)
    {
        double time = step / _steps;
        return initialLearningRate / (1 + (decayRate * (staircase ? Math.Floor(time) : time)));
    }
}
