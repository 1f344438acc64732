namespace Numerics.Nn;

/// <summary>initial / (1 + decay rate · step / decay steps).</summary>
/// <param name="initialLearningRate">The rate of the first step.</param>
/// <param name="decaySteps">How often decay is applied; at least 1.</param>
/// <param name="decayRate">How fast the rate falls.</param>
/// <param name="staircase">Whether the rate falls in jumps, step / decay steps rounded down.</param>
public sealed class InverseTimeDecay(double initialLearningRate, long decaySteps, double decayRate, bool staircase = false) : LearningRateSchedule
{
    /// <summary>The rate of the first step.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>How often decay is applied, in steps.</summary>
    public long DecaySteps { get; } = Steps(decaySteps, nameof(decaySteps));

    /// <summary>How fast the rate falls.</summary>
    public double DecayRate { get; } = decayRate;

    /// <summary>Whether the rate falls in jumps.</summary>
    public bool Staircase { get; } = staircase;

    /// <inheritdoc/>
    public override double Call(long step)
    {
        double time = (double)step / DecaySteps;
        return InitialLearningRate / (1 + (DecayRate * (Staircase ? Math.Floor(time) : time)));
    }
}
