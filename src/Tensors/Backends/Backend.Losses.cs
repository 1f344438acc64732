namespace Numerics.Tensors;

/// <content>The terms of classification losses: fused ops whose defaults compose primitives.</content>
public abstract partial class Backend
{
    private const float SmallestNormal = 1.17549435e-38f;

    /// <summary>
    /// The focal term of each row of probabilities: q = clip(p, epsilon, 1 - epsilon),
    /// loss = Σ_c y_c·(ε·(1-q_c)^(γ+1) - alpha_c·(1-q_c)^γ·ln q_c)
    /// (Lin et al. 2017, "Focal loss for dense object detection", equation 5, for several classes).
    /// </summary>
    /// <param name="target">
    /// y: one-hot or soft labels [rows, classes], or Int32 class numbers [rows]; a row whose number is not a class has no label
    /// and the loss 0.
    /// </param>
    /// <param name="probabilities">p: [rows, classes].</param>
    /// <param name="alpha">[1] or [classes].</param>
    /// <param name="term">γ and ε.</param>
    /// <param name="epsilon">The clip distance, in (0, 0.5).</param>
    /// <param name="loss">Receives [rows].</param>
    public virtual void CategoricalFocal(Tensor target, Tensor probabilities, Tensor alpha, in FocalTerm term, float epsilon, Tensor loss)
    {
        using var scope = new TensorScope();
        Copy(ComposeCategoricalFocal(Labels(target, probabilities), probabilities.StopGradient(), alpha.StopGradient(), term, epsilon), loss);
    }

    /// <summary>The gradient of <see cref="CategoricalFocal"/> with respect to the probabilities; zero where they were clipped.</summary>
    /// <param name="target">[rows, classes], or Int32 [rows].</param>
    /// <param name="probabilities">[rows, classes].</param>
    /// <param name="alpha">[1] or [classes].</param>
    /// <param name="term">γ and ε.</param>
    /// <param name="epsilon">The clip distance.</param>
    /// <param name="dloss">[rows].</param>
    /// <param name="dprobabilities">Receives [rows, classes].</param>
    public virtual void CategoricalFocalGradient(
        Tensor target, Tensor probabilities, Tensor alpha, in FocalTerm term, float epsilon, Tensor dloss, Tensor dprobabilities)
    {
        using var tape = new GradientTape();
        Tensor p = tape.Watch(probabilities.StopGradient());
        Tensor loss = ComposeCategoricalFocal(Labels(target, probabilities), p, alpha.StopGradient(), term, epsilon);
        Copy(tape.Gradient((loss * dloss.StopGradient()).Sum(), p), dprobabilities);
    }

    /// <summary>
    /// The focal term of each row of logits in a form that is exact everywhere: with p = softmax(z), u_c the sum of the other
    /// classes' probabilities and log p from log-softmax, loss = Σ_c y_c·(ε·u_c^(γ+1) - alpha_c·u_c^γ·log p_c). Nothing is clipped.
    /// </summary>
    /// <param name="target">
    /// y: one-hot or soft labels [rows, classes], or Int32 class numbers [rows]; a row whose number is not a class has no label
    /// and the loss 0.
    /// </param>
    /// <param name="logits">z: [rows, classes].</param>
    /// <param name="alpha">[1] or [classes].</param>
    /// <param name="term">γ and ε.</param>
    /// <param name="loss">Receives [rows].</param>
    public virtual void SoftmaxCategoricalFocal(Tensor target, Tensor logits, Tensor alpha, in FocalTerm term, Tensor loss)
    {
        using var scope = new TensorScope();
        Tensor logp = StableLogSoftmax(logits.StopGradient(), out Tensor u);
        Tensor each = -(alpha.StopGradient() * logp);
        if (term.Poly != 0)
            each += u * term.Poly;
        Copy((Labels(target, logits) * u.Pow(term.Gamma) * each).Sum(1), loss);
    }

    /// <summary>
    /// The gradient of <see cref="SoftmaxCategoricalFocal"/> with respect to the logits:
    /// h_c = y_c·u_c^γ·(alpha_c·(γ·p_c·r_c - 1) - ε·(γ+1)·p_c) with r_c = log p_c / u_c → -1, and dz_j = h_j - p_j·Σ h_c.
    /// </summary>
    /// <param name="target">[rows, classes], or Int32 [rows].</param>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="alpha">[1] or [classes].</param>
    /// <param name="term">γ and ε.</param>
    /// <param name="dloss">[rows].</param>
    /// <param name="dlogits">Receives [rows, classes].</param>
    public virtual void SoftmaxCategoricalFocalGradient(
        Tensor target, Tensor logits, Tensor alpha, in FocalTerm term, Tensor dloss, Tensor dlogits)
    {
        using var scope = new TensorScope();
        Tensor logp = StableLogSoftmax(logits.StopGradient(), out Tensor u), p = logp.Exp();
        Tensor ratio = Tensor.Where(u > 1e-6f, logp / u.Maximum(SmallestNormal), Tensor.Full(u.Shape, -1, this));
        Tensor slope = alpha.StopGradient() * ((p * ratio * term.Gamma) - 1f);
        if (term.Poly != 0)
            slope -= p * (term.Poly * (term.Gamma + 1));
        Tensor h = Labels(target, logits) * u.Pow(term.Gamma) * slope;

        // h_j - p_j·Σh, with 1 - p_j taken as u_j so that a saturated row keeps its digits.
        Tensor others = h.Sum(1, keepDims: true) - h;
        Copy(((h * u) - (p * others)) * dloss.StopGradient().Reshape([-1, 1]), dlogits);
    }

    /// <summary>The focal term of each yes/no probability, as <see cref="BinaryFocalTerm"/> has it, with p = clip(p, epsilon, 1 - epsilon).</summary>
    /// <param name="target">y: labels from 0 to 1, of any shape.</param>
    /// <param name="probabilities">p: of the same shape.</param>
    /// <param name="term">The constants.</param>
    /// <param name="epsilon">The clip distance, in (0, 0.5).</param>
    /// <param name="loss">Receives the same shape.</param>
    public virtual void BinaryFocal(Tensor target, Tensor probabilities, in BinaryFocalTerm term, float epsilon, Tensor loss)
    {
        using var scope = new TensorScope();
        Copy(ComposeBinaryFocal(target.StopGradient(), probabilities.StopGradient(), term, epsilon), loss);
    }

    /// <summary>The gradient of <see cref="BinaryFocal"/> with respect to the probabilities; zero where they were clipped.</summary>
    /// <param name="target">Labels.</param>
    /// <param name="probabilities">Of the same shape.</param>
    /// <param name="term">The constants.</param>
    /// <param name="epsilon">The clip distance.</param>
    /// <param name="dloss">Of the same shape.</param>
    /// <param name="dprobabilities">Receives the same shape.</param>
    public virtual void BinaryFocalGradient(
        Tensor target, Tensor probabilities, in BinaryFocalTerm term, float epsilon, Tensor dloss, Tensor dprobabilities)
    {
        using var tape = new GradientTape();
        Tensor p = tape.Watch(probabilities.StopGradient());
        Tensor loss = ComposeBinaryFocal(target.StopGradient(), p, term, epsilon);
        Copy(tape.Gradient((loss * dloss.StopGradient()).Sum(), p), dprobabilities);
    }

    /// <summary>
    /// The focal term of each yes/no logit, as <see cref="BinaryFocalTerm"/> has it, with p = sigmoid(z) and 1-p = sigmoid(-z), ln p
    /// and ln(1-p) from softplus: exact for logits of any size, and nothing is clipped.
    /// </summary>
    /// <param name="target">y: labels from 0 to 1, of any shape.</param>
    /// <param name="logits">z: of the same shape.</param>
    /// <param name="term">The constants.</param>
    /// <param name="loss">Receives the same shape.</param>
    public virtual void SigmoidBinaryFocal(Tensor target, Tensor logits, in BinaryFocalTerm term, Tensor loss)
    {
        using var scope = new TensorScope();
        Tensor y = target.StopGradient(), z = logits.StopGradient();
        BinaryTerms terms = TermsOfLogits(y, z, term);
        Copy(Mix(y, term.WeightPositive, term.WeightNegative) * terms.Focus * terms.CrossEntropy, loss);
    }

    /// <summary>
    /// The gradient of <see cref="SigmoidBinaryFocal"/> with respect to the logits: with dm/dz = p·(1-p)·((1-y)·[p > margin] - y),
    /// weight·m^γ·(γ·(dm/dz)/m·crossentropy + (1-y)·[p > margin]·p·(1-p)/(1-p') - positive·y·(1-p)).
    /// </summary>
    /// <param name="target">Labels.</param>
    /// <param name="logits">Of the same shape.</param>
    /// <param name="term">The constants.</param>
    /// <param name="dloss">Of the same shape.</param>
    /// <param name="dlogits">Receives the same shape.</param>
    public virtual void SigmoidBinaryFocalGradient(Tensor target, Tensor logits, in BinaryFocalTerm term, Tensor dloss, Tensor dlogits)
    {
        using var scope = new TensorScope();
        Tensor y = target.StopGradient(), z = logits.StopGradient();
        BinaryTerms terms = TermsOfLogits(y, z, term);
        (Tensor p, Tensor q) = (z.Sigmoid(), (-z).Sigmoid());
        Tensor negative = term.Margin == 0 ? 1f - y : (1f - y) * (p > term.Margin);

        // p·(1-p)/m stays between 0 and 1 for hard labels, and goes to 1 where m itself underflows.
        Tensor share = Tensor.Where(terms.Wrong > 0f, p * q / terms.Wrong.Maximum(float.Epsilon), Tensor.Ones(z.Shape, this));
        Tensor log = term.Margin == 0 ? p : p * q / (1f - Shifted(p, term.Margin));
        Tensor slope = (Mix(y, term.GammaPositive, term.GammaNegative) * share * (negative - y) * terms.CrossEntropy)
            + ((negative * log) - (y * q * term.PositiveLog));
        Copy(Mix(y, term.WeightPositive, term.WeightNegative) * terms.Focus * slope * dloss.StopGradient(), dlogits);
    }

    private static Tensor Labels(Tensor target, Tensor prediction) =>
        target.DType == DType.Int32 ? Tensor.OneHot(target, prediction.Shape[1]) : target.StopGradient();

    private static Tensor ComposeCategoricalFocal(Tensor target, Tensor probabilities, Tensor alpha, in FocalTerm term, float epsilon)
    {
        ClippedLogs logs = Clip(probabilities, epsilon);
        Tensor each = -(alpha * logs.LogP);
        if (term.Poly != 0)
            each += logs.Q * term.Poly;
        return (target * logs.Q.Pow(term.Gamma) * each).Sum(1);
    }

    private static Tensor ComposeBinaryFocal(Tensor y, Tensor probabilities, in BinaryFocalTerm term, float epsilon)
    {
        ClippedLogs logs = Clip(probabilities, epsilon);
        Tensor shifted = Shifted(logs.P, term.Margin), logQ = term.Margin == 0 ? logs.LogQ : (1f - shifted).Log();

        // Where the margin leaves 0, the slope of a power below 1 is infinite, and times 0 it would be NaN.
        Tensor wrong = ((y * logs.Q) + ((1f - y) * shifted)).Maximum(SmallestNormal);
        Tensor crossEntropy = -((y * logs.LogP * term.PositiveLog) + ((1f - y) * logQ));
        return Mix(y, term.WeightPositive, term.WeightNegative) * Focus(wrong, y, term) * crossEntropy;
    }

    private static BinaryTerms TermsOfLogits(Tensor y, Tensor z, in BinaryFocalTerm term)
    {
        Tensor p = z.Sigmoid(), q = (-z).Sigmoid(), shifted = Shifted(p, term.Margin);
        Tensor logQ = term.Margin == 0 ? z.Softplus() : -(1f - shifted).Log();
        Tensor wrong = (y * q) + ((1f - y) * shifted);
        return new BinaryTerms(wrong, Focus(wrong, y, term), (y * (-z).Softplus() * term.PositiveLog) + ((1f - y) * logQ));
    }

    private static Tensor Shifted(Tensor p, float margin) => margin == 0 ? p : (p - margin).Maximum(0);

    private static Tensor Focus(Tensor wrong, Tensor y, in BinaryFocalTerm term) => term.GammaPositive == term.GammaNegative
        ? wrong.Pow(term.GammaPositive)
        : wrong.Pow(Mix(y, term.GammaPositive, term.GammaNegative));

    // y·positive + (1-y)·negative, with both ends exact.
    private static Tensor Mix(Tensor y, float positive, float negative) => (y * positive) + ((1f - y) * negative);

    private static ClippedLogs Clip(Tensor probabilities, float epsilon)
    {
        // Single precision cannot hold 1 - 1e-7, so the upper end is clipped where it is small: on 1 - p.
        Tensor low = probabilities.Maximum(epsilon), high = (1f - probabilities).Maximum(epsilon), near = probabilities > 0.5f;

        // The side not taken still runs backwards: at p = 0 it would be ln(1 - 1), whose slope times 0 is NaN.
        return new ClippedLogs(
            Tensor.Where(near, 1f - high, low),
            Tensor.Where(near, high, 1f - low),
            Tensor.Where(near, (-high.Minimum(0.75f)).Log1p(), low.Log()),
            Tensor.Where(near, high.Log(), (-low.Minimum(0.75f)).Log1p()));
    }

    private static Tensor StableLogSoftmax(Tensor logits, out Tensor others)
    {
        // u_c is summed from the other classes' exponentials; 1 - p_c would lose every digit as p_c → 1. With
        // S = e_c + (rest), u = rest/S, and log p = log1p(-u) near certainty, log-softmax elsewhere.
        Tensor exp = (logits - logits.Max(1, keepDims: true)).Exp();
        int classes = logits.Shape[1];
        Tensor except = Tensor.Ones([classes, classes], logits.Backend) - Tensor.OneHot(Tensor.Range(classes, logits.Backend), classes);
        others = exp.MatMul(except) / exp.Sum(1, keepDims: true);
        return Tensor.Where(others > 0.5f, logits.LogSoftmax(), (-others).Log1p());
    }

    /// <summary>A clipped probability, its complement, and their logarithms.</summary>
    private readonly record struct ClippedLogs(Tensor P, Tensor Q, Tensor LogP, Tensor LogQ);

    /// <summary>m, m^γ and the cross-entropy of yes/no logits.</summary>
    private readonly record struct BinaryTerms(Tensor Wrong, Tensor Focus, Tensor CrossEntropy);
}
