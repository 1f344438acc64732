using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>The focal term of yes/no probabilities, of label and probability.</summary>
internal readonly struct BinaryFocalFunction(BinaryFocalTerm term, float epsilon) : IBinaryFunction
{
    private readonly BinaryFocus _focus = new(term);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b)
    {
        var terms = new ClippedTerms(_focus, a, b, epsilon);
        return _focus.Weight(a) * _focus.Power(terms.Wrong, a) * terms.CrossEntropy;
    }
}

/// <summary>Its gradient, from label and probability; 0 where that was clipped.</summary>
internal readonly struct BinaryFocalGradient(BinaryFocalTerm term, float epsilon) : IUnaryGradient
{
    private readonly BinaryFocus _focus = new(term);

    public static bool ReadsX => true;

    public static bool ReadsY => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy)
    {
        var terms = new ClippedTerms(_focus, x, y, epsilon);
        Vector256<float> negative = _focus.Negative(x, terms.P), rest = Vector256<float>.One - terms.Shifted;
        if (_focus.Term.Margin == 0)
            rest = terms.Q;

        // m is 0 only below the margin, where nothing depends on p.
        Vector256<float> focus = _focus.Gamma(x) * (negative - x) * terms.CrossEntropy / terms.Wrong;
        focus = Vector256.ConditionalSelect(Vector256.Equals(terms.Wrong, Vector256<float>.Zero), Vector256<float>.Zero, focus);
        Vector256<float> slope = focus + ((negative / rest) - (x * _focus.Term.PositiveLog / terms.P));
        Vector256<float> clipped = Vector256.LessThan(y, Vector256.Create(epsilon))
            | Vector256.LessThan(Vector256<float>.One - y, Vector256.Create(epsilon));
        return Vector256.ConditionalSelect(clipped, Vector256<float>.Zero, _focus.Weight(x) * _focus.Power(terms.Wrong, x) * slope * dy);
    }
}

/// <summary>The clipped p, 1-p, p less the margin, m and the cross-entropy.</summary>
file readonly struct ClippedTerms
{
    public readonly Vector256<float> P;
    public readonly Vector256<float> Q;
    public readonly Vector256<float> Shifted;
    public readonly Vector256<float> Wrong;
    public readonly Vector256<float> CrossEntropy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ClippedTerms(in BinaryFocus focus, Vector256<float> label, Vector256<float> probability, float epsilon)
    {
        // Single precision cannot hold 1 - 1e-7, so the upper end is clipped where it is small: on 1 - p.
        Vector256<float> one = Vector256<float>.One, no = one - label, end = Vector256.Create(epsilon), rest = one - probability;
        Vector256<float> low = Vector256.ConditionalSelect(Vector256.LessThan(probability, end), end, probability);
        Vector256<float> high = Vector256.ConditionalSelect(Vector256.LessThan(rest, end), end, rest);
        Vector256<float> near = Vector256.GreaterThan(probability, Vector256.Create(0.5f));
        P = Vector256.ConditionalSelect(near, one - high, low);
        Q = Vector256.ConditionalSelect(near, high, one - low);

        // The smaller one's logarithm as it is, the other's from the smaller.
        Vector256<float> less = Vector256.ConditionalSelect(near, high, low);
        Vector256<float> logLess = -VectorMath.Log(less), logMore = -VectorMath.Log1p(-less);
        Vector256<float> logP = Vector256.ConditionalSelect(near, logMore, logLess), logQ = Vector256.ConditionalSelect(near, logLess, logMore);
        Shifted = P;
        if (focus.Term.Margin != 0)
        {
            Shifted = focus.Shifted(P);
            logQ = -VectorMath.Log(one - Shifted);
        }

        Wrong = (label * Q) + (no * Shifted);
        CrossEntropy = (label * logP * focus.Term.PositiveLog) + (no * logQ);
    }
}
