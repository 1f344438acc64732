namespace Numerics.Tests.Conformance;

/// <summary>
/// How far a Float32 backend may be from the double-precision reference: ‖ours - reference‖ / ‖reference‖, and where the
/// reference is zero the absolute norm. One table for all backends.
/// </summary>
internal static class Tolerances
{
    /// <summary>Ops that copy, compare or pick: no rounding at all.</summary>
    public const double Exact = 0;

    /// <summary>One rounding an element.</summary>
    public const double Rounding = 1e-7;

    /// <summary>Transcendental functions: a few units in the last place.</summary>
    public const double Function = 1e-6;

    /// <summary>Sums, products of matrices, convolutions and what is composed of them.</summary>
    public const double Sum = 3e-6;

    /// <summary>Gradients through several ops, and ops that divide small differences.</summary>
    public const double Composite = 1e-5;

    /// <summary>The absolute norm allowed where the reference is zero.</summary>
    public const double Absolute = 1e-7;
}
