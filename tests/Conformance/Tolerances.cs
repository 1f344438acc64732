using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <summary>
/// How far a Float32 backend may be from the double-precision reference: every element's error, in units of what
/// <see cref="Reference.Real"/> says a computation in single precision may lose of it. One table for all backends.
/// </summary>
internal static class Tolerances
{
    /// <summary>Ops that copy, compare or pick: no rounding at all.</summary>
    public const double Exact = 0;

    /// <summary>One rounding an operation, or a neighbour of the nearest float.</summary>
    public const double Rounding = Unit;

    /// <summary>Transcendental functions: three units in the last place.</summary>
    public const double Function = 3 * Unit;

    /// <summary>Sums, products of matrices, convolutions.</summary>
    public const double Sum = 4 * Unit;

    /// <summary>
    /// Convolutions: a fast algorithm makes a few outputs from sums and differences of all their inputs, and rounds more than a
    /// direct sum does.
    /// </summary>
    public const double Convolution = 8 * Unit;

    /// <summary>Convolutions with a kernel: half as much again where terms are few, and the inputs beside them may well be much greater.</summary>
    public static double ConvolutionOf(Shape kernel) => kernel[0] * kernel[1] * kernel[2] <= 12 ? 1.5 * Convolution : Convolution;

    /// <summary>Gradients through several ops, and what is composed of sums and functions.</summary>
    public const double Composite = 6 * Unit;

    // The distance of neighbouring floats, relative to them: at most this.
    private const double Unit = 1.0 / (1 << 23);
}
