namespace Numerics.Nn;

/// <summary>initial · decay rate^(step / decay steps).</summary>
/// <param name="initialLearningRate">The rate of the first step.</param>
/// <param name="decaySteps">After how many steps the rate is multiplied by the decay rate; at least 1.</param>
/// <param name="decayRate">The factor.</param>
/// <param name="staircase">Whether the rate falls in jumps, the exponent rounded down.</param>
public sealed class ExponentialDecay(double initialLearningRate, long decaySteps, double decayRate, bool staircase = false) : LearningRateSchedule
{
    /// <summary>The rate of the first step.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>After how many steps the rate is multiplied by the decay rate.</summary>
    public long DecaySteps { get; } = Steps(decaySteps, nameof(decaySteps));

    /// <summary>The factor.</summary>
    public double DecayRate { get; } = decayRate;

    /// <summary>Whether the rate falls in jumps.</summary>
    public bool Staircase { get; } = staircase;

    /// <inheritdoc/>
    public override double Call(long step)
    {
        double exponent = (double)step / DecaySteps;
        return InitialLearningRate * Math.Pow(DecayRate, Staircase ? Math.Floor(exponent) : exponent);
    }
}
