namespace Numerics.Nn;

/// <summary>
/// Half a cosine from the initial rate down to alpha times it, again and again.
/// Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, equation 5.
/// </summary>
/// <param name="initialLearningRate">The rate of the first step.</param>
/// <param name="firstDecaySteps">The length of the first period; at least 1.</param>
/// <param name="tMul">How much longer each period is than the one before; 1 or at least 1.0001.</param>
/// <param name="mMul">How much of the initial rate each period starts with, relative to the one before.</param>
/// <param name="alpha">The share of the initial rate that is left at the end of a period.</param>
public sealed class CosineDecayRestarts(
    double initialLearningRate, long firstDecaySteps, double tMul = 2, double mMul = 1, double alpha = 0) : LearningRateSchedule
{
    // So many periods are counted; of more, all but the last few are left out at once, which closer to 1 would be inexact.
    private const double CountedPeriods = 1000;
    private const double LeastGrowth = 1.0001;

    /// <summary>The rate of the first step.</summary>
    public double InitialLearningRate { get; } = initialLearningRate;

    /// <summary>The length of the first period in steps.</summary>
    public long FirstDecaySteps { get; } = Steps(firstDecaySteps, nameof(firstDecaySteps));

    /// <summary>How much longer each period is than the one before.</summary>
    public double TMul { get; } = tMul is 1 or >= LeastGrowth
        ? tMul
        : throw new ArgumentOutOfRangeException(nameof(tMul), tMul, $"tMul is 1 or at least {LeastGrowth}");

    /// <summary>How much of the initial rate each period starts with, relative to the one before.</summary>
    public double MMul { get; } = mMul;

    /// <summary>The share of the initial rate that is left at the end of a period.</summary>
    public double Alpha { get; } = alpha;

    /// <inheritdoc/>
    public override double Call(long step)
    {
        // Periods are counted, not found by a logarithm, which would be a period off at some of their ends.
        double left = step, length = FirstDecaySteps, top = 1;
        double periods = TMul > 1 ? Math.Log(1 + (left / length * (TMul - 1))) / Math.Log(TMul) : left / length;
        if (periods > CountedPeriods)
        {
            double skipped = Math.Floor(periods) - 2, growth = Math.Pow(TMul, skipped);
            left -= length * (TMul > 1 ? (growth - 1) / (TMul - 1) : skipped);
            (length, top) = (length * growth, Math.Pow(MMul, skipped));
        }

        while (left >= length)
        {
            left -= length;
            length *= TMul;
            top *= MMul;
        }

        double cosine = 0.5 * top * (1 + Math.Cos(Math.PI * left / length));
        return InitialLearningRate * (((1 - Alpha) * cosine) + Alpha);
    }
}
