using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>The checks that constructors of losses share.</summary>
internal static class LossArguments
{
    /// <summary>A finite number that is at least 0.</summary>
    public static float NonNegative(float value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        AtLeast(0, value, name);

    /// <summary>A finite number that is at least another.</summary>
    public static float AtLeast(float minimum, float value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= minimum && float.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is a finite number of at least {minimum}");

    /// <summary>A number in [0, 1].</summary>
    public static float Share(float value, [CallerArgumentExpression(nameof(value))] string name = "") => value is >= 0 and <= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is in [0, 1]");

    /// <summary>A number in [0, 1).</summary>
    public static float ShareBelowOne(float value, [CallerArgumentExpression(nameof(value))] string name = "") => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is in [0, 1)");

    /// <summary>A finite number above 0.</summary>
    public static float Positive(float value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value > 0 && float.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is a finite number above 0");

    /// <summary>The focal term with the weights alpha and 1 - alpha, or none.</summary>
    public static BinaryFocalTerm Balanced(float? alpha, float gamma)
    {
        float focus = NonNegative(gamma);
        return alpha is { } weight
            ? new BinaryFocalTerm(focus, focus, Share(weight, nameof(alpha)), 1 - weight)
            : new BinaryFocalTerm(focus, focus);
    }
}
