namespace Numerics.Backends.Cpu;

/// <summary>Functions that the framework lacks, in double precision for results that are right to the last float.</summary>
internal static class Scalar
{
    /// <summary>1/(1 + e^-x).</summary>
    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>ln(1 + x) by Kahan's correction, exact near 0.</summary>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : double.IsPositiveInfinity(u) ? u : Math.Log(u) * (x / (u - 1));
    }

    /// <summary>e^x - 1 by Kahan's correction, exact near 0.</summary>
    public static double Expm1(double x)
    {
        if (Math.Abs(x) > 1)
            return Math.Exp(x) - 1;
        double u = Math.Exp(x);
        return u == 1 ? x : (u - 1) * (x / Math.Log(u));
    }

    /// <summary>The normal density.</summary>
    public static double NormalDensity(double x) => Math.Exp(-0.5 * x * x) * 0.3989422804014327;

    /// <summary>
    /// The normal distribution function: ½·erfc(-x/√2), with erfc from the rational fit of Numerical Recipes (3rd ed.,
    /// section 6.2.2: erfc ≈ t·exp(-z² + P(t)), relative error below 1.2e-7).
    /// </summary>
    public static double NormalCdf(double x)
    {
        double z = Math.Abs(x) * 0.7071067811865476, t = 1 / (1 + (0.5 * z));
        double p = -1.26551223 + (t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418 + (t * (-0.18628806 + (t * (0.27886807
            + (t * (-1.13520398 + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277)))))))))))))))));
        double tail = 0.5 * t * Math.Exp((-z * z) + p);
        return x >= 0 ? 1 - tail : tail;
    }
}
