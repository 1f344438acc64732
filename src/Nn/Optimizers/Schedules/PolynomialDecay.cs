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
    /// <summary>The rate of the first step.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>After how many steps the end is reached.</summary>
    public long DecaySteps { get; } = Steps(decaySteps, nameof(decaySteps));

    /// <summary>The last rate.</summary>
    public double EndLearningRate { get; } = endLearningRate;

    /// <summary>1 for a line.</summary>
    public double Power { get; } = power;

    /// <summary>Whether the rate rises again behind the end.</summary>
    public bool Cycle { get; } = cycle;

    /// <inheritdoc/>
    public override double Call(long step)
    {
        double length = Cycle ? DecaySteps * Math.Max(1, Math.Ceiling((double)step / DecaySteps)) : DecaySteps;
        return ((InitialLearningRate - EndLearningRate) * Math.Pow(1 - (Math.Min(step, length) / length), Power)) + EndLearningRate;
    }
}
