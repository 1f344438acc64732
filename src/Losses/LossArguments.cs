using System.Runtime.CompilerServices;

namespace Numerics.Losses;

/// <summary>The checks that constructors of losses share.</summary>
internal static class LossArguments
{
    /// <summary>A finite number that is at least 0.</summary>
    public static float NonNegative(float value, [CallerArgumentExpression(nameof(value))] string name = "") => value >= 0 && float.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is a finite number of at least 0");

    /// <summary>A number in [0, 1].</summary>
    public static float Share(float value, [CallerArgumentExpression(nameof(value))] string name = "") => value is >= 0 and <= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is in [0, 1]");
}
