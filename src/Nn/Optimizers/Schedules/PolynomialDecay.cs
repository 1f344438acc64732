namespace Numerics.Nn;

/// <summary>(initial - end) · (1 - step / decay steps)^power + end.</summary>
/// <param name="initialLearningRate">The rate of the first step.</param>
/// <param name="decaySteps">After how many steps the end is reached; at least 1.</param>
/// <param name="endLearningRate">The last rate.</param>
/// <param name="power">1 for a line.</param>
/// <param name="cycle">Whether the rate rises again behind the end, over 2, 3, .. times as many steps.</param>
public sealed class PolynomialDecay(
    double initialLearningRate, long decaySteps, double endLearningRate = 0.0001, double power = 1, bool cycle = false) : LearningRateSchedule
{
    private readonly double _steps = Steps(decaySteps, nameof(decaySteps));

    /// <inheritdoc/>
    public override double Call(long step)
    {
        double length = cycle ? _steps * Math.Max(1, Math.Ceiling(step / _steps)) : _steps;
        return ((initialLearningRate - endLearningRate) * Math.Pow(1 - (Math.Min(step, length) / length), power)) + endLearningRate;
    }
}
