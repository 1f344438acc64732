using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>x^e for one exponent: small whole exponents by multiplication in double precision, √ by the square root.</summary>
internal readonly struct PowerFunction : IUnaryFunction
{
    private const int MostFactors = 16;

    private readonly float _exponent;
    private readonly int _factors;

    /// <summary>Chooses the way for an exponent.</summary>
    public PowerFunction(float exponent)
    {
        _exponent = exponent;
        _factors = MathF.Abs(exponent) <= MostFactors && exponent == MathF.Floor(exponent) ? Math.Abs((int)exponent) : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x)
    {
        if (_factors >= 0)
            return Whole(x);
        return _exponent == 0.5f ? SquareRoot(x) : VectorMath.Pow(x, Vector256.Create(_exponent));
    }

    // As Math.Pow: ½ takes -∞ to +∞ and -0 to +0, where the square root has NaN and -0.
    private static Vector256<float> SquareRoot(Vector256<float> x)
    {
        Vector256<float> infinite = Vector256.Equals(x, Vector256.Create(float.NegativeInfinity));
        return Vector256.Sqrt(Vector256.ConditionalSelect(infinite, -x, x + Vector256<float>.Zero));
    }

    private Vector256<float> Whole(Vector256<float> x)
    {
        switch (_factors)
        {
            case 0:
                return Vector256<float>.One;
            case 1:
                return _exponent > 0 ? x : Vector256<float>.One / x;
            case 2 when _exponent > 0:
                return x * x;
        }

        (Vector256<double> low, Vector256<double> high) = Vector256.Widen(x);
        Vector256<double> productLow = low, productHigh = high;
        for (int i = 1; i < _factors; i++)
        {
            productLow *= low;
            productHigh *= high;
        }

        return _exponent > 0
            ? Vector256.Narrow(productLow, productHigh)
            : Vector256.Narrow(Vector256<double>.One / productLow, Vector256<double>.One / productHigh);
    }
}
