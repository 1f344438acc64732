namespace Numerics.Tests.Reference;

/// <summary>
/// A number of the oracle: its value in double precision, and how much of it the same computation in single precision may lose,
/// in units of the relative rounding error: to first order, every operation adds the size of its result and hands on what
/// its operands lost (running error analysis: Higham, "Accuracy and stability of numerical algorithms", section 3.3). Where terms
/// cancel the error therefore stays that of the terms. A sum hands on what its terms lost and adds the terms' sizes, which
/// allows for any order of summation; the constant in front is the tolerance's.
/// </summary>
/// <param name="value">The value.</param>
/// <param name="error">The error's bound; 0 for what is exact.</param>
public readonly struct Real(double value, double error)
{
    /// <summary>Results below it have its absolute precision.</summary>
    public const double SmallestNormal = 1.1754943508222875e-38;

    // A step for the slopes of functions: far above a double's rounding.
    private const double Unit = 1.0 / (1 << 24);

    // How far away a kink or a jump still counts, in units: twice as far as the greatest tolerance lets a backend be from the value. It may
    // well be on the other side.
    private const double Reach = 48;

    /// <summary>The value.</summary>
    public double Value => value;

    /// <summary>The error's bound in units of a relative rounding error; finite wherever the value is.</summary>
    public double Error => error;

    public static implicit operator Real(double exact) => new(exact, 0);

    public static Real operator -(Real a) => new(-a.Value, a.Error);

    public static Real operator +(Real a, Real b) => Rounded(a.Value + b.Value, a.Error + b.Error);

    public static Real operator -(Real a, Real b) => Rounded(a.Value - b.Value, a.Error + b.Error);

    public static Real operator *(Real a, Real b) => Rounded(a.Value * b.Value, Scaled(a.Error, b.Value) + Scaled(b.Error, a.Value));

    public static Real operator /(Real a, Real b) =>
        Rounded(a.Value / b.Value, Scaled(a.Error, 1 / b.Value) + Scaled(b.Error, a.Value / (b.Value * b.Value)));

    /// <summary>The result of an operation that rounds once.</summary>
    /// <param name="value">The value.</param>
    /// <param name="inherited">What the operands' errors come to in the result.</param>
    /// <param name="size">The size of the terms that it is made of; that of the value where nothing cancels.</param>
    public static Real Rounded(double value, double inherited = 0, double size = 0) =>
        new(value, double.IsFinite(value) ? inherited + Math.Max(Math.Max(Math.Abs(value), size), SmallestNormal) : 0);

    /// <summary>The sum of products, in any order.</summary>
    public static Real Sum(IEnumerable<Real> terms)
    {
        double sum = 0, error = 0;
        foreach (Real term in terms)
        {
            sum += term.Value;
            error += term.Error + Math.Abs(term.Value);
        }

        return new Real(sum, double.IsFinite(sum) ? error : 0);
    }

    /// <summary>A function that rounds once, the operand's error handed on by the function itself.</summary>
    /// <param name="function">The function.</param>
    /// <param name="size">The size of the terms that its result is made of, if more than the result's.</param>
    public Real Apply(Func<double, double> function, double size = 0)
    {
        double y = function(Value);
        return Rounded(y, Error == 0 ? 0 : Spread(function, y), size);
    }

    /// <summary>A function that picks or negates: it rounds nothing.</summary>
    public Real Pick(Func<double, double> function)
    {
        double y = function(Value), near = Error == 0 ? 0 : Spread(function, y), far = Error == 0 ? 0 : Spread(function, y, Reach);

        // A slope of at most 1 moves the result by no more than the operand moves; what moves it further is a jump.
        return new Real(y, Math.Max(near, far <= 2 * Reach * Error ? far / Reach : far));
    }

    // How far the function moves while its operand moves within its error.
    private double Spread(Func<double, double> function, double y, double units = 1)
    {
        double step = units * Unit * Error;
        double spread = Math.Max(Math.Abs(function(Value + step) - y), Math.Abs(function(Value - step) - y)) / Unit;
        return double.IsFinite(spread) ? spread : 0;
    }

    // What is exact stays so, whatever it is multiplied with.
    private static double Scaled(double error, double factor) => error == 0 ? 0 : error * Math.Abs(factor);
}
