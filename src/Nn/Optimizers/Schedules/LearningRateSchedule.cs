namespace Numerics.Nn;

/// <summary>
/// The step size of each step of an optimizer. A number converts to one that stays: <c>new Adam(0.001f)</c>.
/// </summary>
public abstract class LearningRateSchedule
{
    /// <summary>Whether it is the same number at every step.</summary>
    public bool IsConstant => this is ConstantRate;

    /// <summary>A rate that does not change by itself.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a finite number of at least 0.</exception>
    public static implicit operator LearningRateSchedule(float rate) => new ConstantRate(rate);

    /// <summary>The rate of a step.</summary>
    /// <param name="step">The number of steps taken before, from 0.</param>
    /// <returns>At least 0.</returns>
    public abstract double Call(long step);

    /// <summary>A number of steps, if it is at least 1.</summary>
    private protected static long Steps(long value, string name) => value >= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is at least 1");
}
