using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>What the focal terms of yes/no predictions have in common.</summary>
internal readonly struct BinaryFocus(BinaryFocalTerm term)
{
    private readonly PowerFunction _positive = new(term.GammaPositive);
    private readonly PowerFunction _negative = new(term.GammaNegative);

    /// <summary>The constants.</summary>
    public BinaryFocalTerm Term => term;

    /// <summary>The weight of each label.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Weight(Vector256<float> y) => Mix(y, term.WeightPositive, term.WeightNegative);

    /// <summary>γ of each label.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Gamma(Vector256<float> y) => Mix(y, term.GammaPositive, term.GammaNegative);

    /// <summary>m^γ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Power(Vector256<float> wrong, Vector256<float> y)
    {
        if (term.GammaPositive == term.GammaNegative)
            return _positive.Invoke(wrong);
        Vector256<float> yes = Vector256.Equals(y, Vector256<float>.One), no = Vector256.Equals(y, Vector256<float>.Zero);
        return Vector256.EqualsAll((yes | no).AsInt32(), Vector256<int>.AllBitsSet)
            ? Vector256.ConditionalSelect(yes, _positive.Invoke(wrong), _negative.Invoke(wrong))
            : VectorMath.Pow(wrong, Gamma(y));
    }

    /// <summary>max(p - margin, 0).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Shifted(Vector256<float> p)
    {
        Vector256<float> shifted = p - Vector256.Create(term.Margin);
        return Vector256.ConditionalSelect(Vector256.LessThan(shifted, Vector256<float>.Zero), Vector256<float>.Zero, shifted);
    }

    /// <summary>(1 - y)·[p > margin].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Negative(Vector256<float> y, Vector256<float> p)
    {
        Vector256<float> negative = Vector256<float>.One - y;
        return term.Margin == 0 ? negative : negative & Vector256.GreaterThan(p, Vector256.Create(term.Margin));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Mix(Vector256<float> y, float positive, float negative) =>
        (y * positive) + ((Vector256<float>.One - y) * negative);
}
