namespace Numerics.Nn;

/// <summary>
/// Half a cosine from the initial rate, or the warm-up's target, down to alpha times it; before, a line up to the target.
/// Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017; the warm-up is that of Goyal
/// et al., "Accurate, large minibatch SGD", 2017.
/// </summary>
/// <param name="initialLearningRate">The rate of the first step.</param>
/// <param name="decaySteps">The number of steps from the top to the end, the warm-up's not counted; at least 1.</param>
/// <param name="alpha">The share of the rate that is left at the end.</param>
/// <param name="warmupTarget">Where the warm-up leads to; no warm-up when null.</param>
/// <param name="warmupSteps">The number of steps of the warm-up.</param>
public sealed class CosineDecay(
    double initialLearningRate, long decaySteps, double alpha = 0, double? warmupTarget = null, long warmupSteps = 0) : LearningRateSchedule
{
    /// <summary>The rate of the first step.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>The number of steps from the top to the end.</summary>
    public long DecaySteps { get; } = Steps(decaySteps, nameof(decaySteps));

    /// <summary>The share of the rate that is left at the end.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>Where the warm-up leads to; no warm-up when null.</summary>
    public double? WarmupTarget { get; } = warmupTarget;

    /// <summary>The number of steps of the warm-up.</summary>
    public long WarmupSteps { get; } = warmupSteps >= 0
        ? warmupSteps
        : throw new ArgumentOutOfRangeException(nameof(warmupSteps), warmupSteps, "warmupSteps is at least 0");

    /// <inheritdoc/>
    public override double Call(long step)
    {
        if (WarmupTarget is not { } target)
            return Decayed(InitialLearningRate, step);
        return step < WarmupSteps
            ? InitialLearningRate + ((target - InitialLearningRate) * step / WarmupSteps)
            : Decayed(target, step - WarmupSteps);
    }

    private double Decayed(double top, double step)
    {
        double cosine = 0.5 * (1 + Math.Cos(Math.PI * Math.Min(step, DecaySteps) / DecaySteps));
        return top * (((1 - Alpha) * cosine) + Alpha);
    }
}
