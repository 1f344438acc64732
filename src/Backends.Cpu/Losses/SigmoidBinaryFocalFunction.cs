using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>The focal term of yes/no logits, of label and logit.</summary>
internal readonly struct SigmoidBinaryFocalFunction(BinaryFocalTerm term) : IBinaryFunction
{
    private readonly BinaryFocus _focus = new(term);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b)
    {
        var terms = new SigmoidTerms(_focus, a, b);
        return _focus.Weight(a) * _focus.Power(terms.Wrong, a) * terms.CrossEntropy;
    }
}

/// <summary>Its gradient, from label and logit.</summary>
internal readonly struct SigmoidBinaryFocalGradient(BinaryFocalTerm term) : IUnaryGradient
{
    private readonly BinaryFocus _focus = new(term);

    public static bool ReadsX => true;

    public static bool ReadsY => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy)
    {
        var terms = new SigmoidTerms(_focus, x, y);
        Vector256<float> bell = terms.P * terms.Q, negative = _focus.Negative(x, terms.P);
        Vector256<float> share = Vector256.ConditionalSelect(
            Vector256.Equals(terms.Wrong, Vector256<float>.Zero), Vector256<float>.One, bell / terms.Wrong);
        Vector256<float> log = _focus.Term.Margin == 0 ? terms.P : bell / (Vector256<float>.One - _focus.Shifted(terms.P));
        Vector256<float> slope = (_focus.Gamma(x) * share * (negative - x) * terms.CrossEntropy)
            + ((negative * log) - (x * terms.Q * _focus.Term.PositiveLog));
        return _focus.Weight(x) * _focus.Power(terms.Wrong, x) * slope * dy;
    }
}

/// <summary>p, 1-p, m and the cross-entropy of yes/no logits: one exponential and one logarithm.</summary>
file readonly struct SigmoidTerms
{
    public readonly Vector256<float> P;
    public readonly Vector256<float> Q;
    public readonly Vector256<float> Wrong;
    public readonly Vector256<float> CrossEntropy;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SigmoidTerms(in BinaryFocus focus, Vector256<float> label, Vector256<float> logit)
    {
        Vector256<float> one = Vector256<float>.One, no = one - label, zero = Vector256<float>.Zero;
        Vector256<float> e = VectorMath.Exp(-Vector256.Abs(logit)), large = one / (one + e), small = e / (one + e);
        Vector256<float> negative = Vector256.LessThan(logit, zero), log = VectorMath.Log1p(e);
        P = Vector256.ConditionalSelect(negative, small, large);
        Q = Vector256.ConditionalSelect(negative, large, small);

        // -ln p = softplus(-z), -ln(1 - p) = softplus(z).
        Vector256<float> logP = log - (logit & negative), logQ = log + Vector256.ConditionalSelect(negative, zero, logit);
        Vector256<float> shifted = P;
        if (focus.Term.Margin != 0)
        {
            shifted = focus.Shifted(P);
            logQ = -VectorMath.Log(one - shifted);
        }

        Wrong = (label * Q) + (no * shifted);
        CrossEntropy = (label * logP * focus.Term.PositiveLog) + (no * logQ);
    }
}
