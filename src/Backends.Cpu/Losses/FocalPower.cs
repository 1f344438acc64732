namespace Numerics.Backends.Cpu;

/// <summary>What the focal terms have in common: u^gamma with its usual exponents cheap.</summary>
internal static class FocalPower
{
    /// <summary>u^gamma for u in [0, 1]; 0^0 is 1.</summary>
    public static double Of(double u, double gamma) => gamma switch
    {
        0 => 1,
        1 => u,
        2 => u * u,
        _ => Math.Pow(u, gamma),
    };
}
