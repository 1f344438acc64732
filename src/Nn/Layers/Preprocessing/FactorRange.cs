namespace Numerics.Nn;

/// <summary>The range that a random factor is drawn from; one number f stands for [-f, f].</summary>
/// <param name="Lower">The lower end, inclusive.</param>
/// <param name="Upper">The upper end, exclusive.</param>
public readonly record struct FactorRange(float Lower, float Upper)
{
    /// <summary>From minus a number to the number.</summary>
    public static implicit operator FactorRange(float factor) => new(-factor, factor);

    /// <summary>From one number to another.</summary>
    public static implicit operator FactorRange((float Lower, float Upper) range) => new(range.Lower, range.Upper);

    /// <summary>This range, if it is one and lies within bounds.</summary>
    internal FactorRange Within(float lowest, float highest, string name) =>
        Lower <= Upper && Lower >= lowest && Upper <= highest
            ? this
            : throw new ArgumentOutOfRangeException(name, this, $"{name} is a range within [{lowest}, {highest}], the lower end first");

    /// <summary>The number that a uniform one in [0, 1) stands for.</summary>
    internal float At(float uniform) => Lower + ((Upper - Lower) * uniform);
}
