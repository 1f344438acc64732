namespace Numerics.Nn;

/// <summary>
/// Half a cosine from the initial rate down to alpha times it, again and again.
/// Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, equation 5.
/// </summary>
/// <param name="initialLearningRate">The rate of the first step.</param>
/// <param name="firstDecaySteps">The length of the first period; at least 1.</param>
/// <param name="tMul">How much longer each period is than the one before; at least 1.</param>
/// <param name="mMul">How much of the initial rate each period starts with, relative to the one before.</param>
/// <param name="alpha">The share of the initial rate that is left at the end of a period.</param>
public sealed class CosineDecayRestarts(
    double initialLearningRate, long firstDecaySteps, double tMul = 2, double mMul = 1, double alpha = 0) : LearningRateSchedule
{
    private readonly double _steps = Steps(firstDecaySteps, nameof(firstDecaySteps));
    private readonly double _growth = tMul >= 1 ? tMul : throw new ArgumentOutOfRangeException(nameof(tMul), tMul, "tMul is at least 1");

    /// <inheritdoc/>
    public override double Call(long step)
    {
        // Periods are counted, not found by a logarithm, which would be a period off at some of their ends.
        double left = step, length = _steps, top = 1;
        while (left >= length)
        {
            left -= length;
            length *= _growth;
            top *= mMul;
        }

        double cosine = 0.5 * top * (1 + Math.Cos(Math.PI * left / length));
        return initialLearningRate * (((1 - alpha) * cosine) + alpha);
    }
}
