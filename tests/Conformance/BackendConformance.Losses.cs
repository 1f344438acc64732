using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <content>The terms of classification losses.</content>
public abstract partial class BackendConformance
{
    public static TheoryData<float> Gammas => [0, 0.5f, 1, 2, 3.7f, 5, 12.5f];

    /// <summary>Exponents and weights of yes/no labels: cross-entropy, balanced focal terms, the asymmetric loss with and without margin.</summary>
    public static TheoryData<float, float, float, float, float, float> BinaryTerms => new()
    {
        { 0, 0, 1, 1, 1, 0 },
        { 0, 0, 0.25f, 0.75f, 3, 0 },
        { 2, 2, 0.25f, 0.75f, 1, 0 },
        { 0.5f, 0.5f, 1, 1, 1, 0 },
        { 1, 1, 1, 1, 0.5f, 0 },
        { 5, 5, 0.3f, 0.7f, 1, 0 },
        { 1, 4, 1, 1, 1, 0 },
        { 0, 3.5f, 1, 1, 1, 0.05f },
        { 1, 4, 1, 1, 1, 0.2f },
        { 2, 2, 0.4f, 0.6f, 2, 0.1f },
    };

    [Theory]
    [MemberData(nameof(Gammas))]
    public void Focal_terms_of_probabilities(float gamma)
    {
        foreach ((int rows, int classes) in new[] { (1, 2), (33, 2), (300, 3), (7, 5), (260, 10), (3, 200) })
        {
            foreach (bool soft in new[] { false, true })
            {
                SameWithGradients($"focal {rows}x{classes} soft {soft}", Tolerances.Sum, i =>
                {
                    Tensor alpha = i.Labels(1, classes, soft: true).Reshape(classes);
                    return i.Uniform(0.02f, 0.98f, rows, classes).CategoricalFocal(i.Labels(rows, classes, soft), alpha, new FocalTerm(gamma));
                });
                SameWithGradients("focal, one alpha, clipped", Tolerances.Sum, i =>
                    i.Uniform(-0.1f, 1.1f, rows, classes).CategoricalFocal(
                        i.Labels(rows, classes, soft), Tensor.Full(1, 0.25f, i.Backend), new FocalTerm(gamma), 1e-3f));
                SameWithGradients("poly-1", Tolerances.Sum, i =>
                    i.Uniform(0.02f, 0.98f, rows, classes).CategoricalFocal(
                        i.Labels(rows, classes, soft), Tensor.Full(1, 0.25f, i.Backend), new FocalTerm(gamma, 1.5f)));
            }

            // One number more and one less than there are classes: rows without a label.
            SameWithGradients($"focal {rows}x{classes} of class numbers", Tolerances.Sum, i =>
            {
                Tensor alpha = i.Labels(1, classes, soft: true).Reshape(classes);
                return i.Uniform(0.02f, 0.98f, rows, classes).CategoricalFocal(ClassNumbers(i, rows, classes), alpha, new FocalTerm(gamma, 0.5f));
            });
        }
    }

    /// <summary>Rows of more classes than a warp holds at once, and of more than it holds at all.</summary>
    [Theory]
    [InlineData(129)]
    [InlineData(516)]
    [InlineData(1_030)]
    public void Focal_terms_of_many_classes(int classes)
    {
        var term = new FocalTerm(2, 0.5f);
        foreach (bool soft in new[] { false, true })
        {
            SameWithGradients($"focal of {classes} classes, soft {soft}", Tolerances.Sum, i => i.Uniform(0.02f, 0.98f, 9, classes).CategoricalFocal(
                i.Labels(9, classes, soft), i.Labels(1, classes, soft: true).Reshape(classes), term));
            SameWithGradients($"focal of {classes} logits, soft {soft}", Tolerances.Composite, i => i.Uniform(-12, 12, 9, classes).SoftmaxCategoricalFocal(
                i.Labels(9, classes, soft), i.Labels(1, classes, soft: true).Reshape(classes), term));
        }

        SameWithGradients($"focal of {classes} logits, class numbers", Tolerances.Composite, i => i.Uniform(-12, 12, 9, classes).SoftmaxCategoricalFocal(
            ClassNumbers(i, 9, classes), Tensor.Full(1, 0.25f, i.Backend), term));
    }

    /// <summary>Far below 0, which is what lanes beyond a row may hold.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(10)]
    [InlineData(19)]
    public void Focal_terms_of_logits_far_below_zero(int classes)
    {
        foreach (float poly in new[] { 0, 2f })
        {
            SameWithGradients($"focal of {classes} logits from -900 on, poly {poly}", Tolerances.Composite, i =>
            {
                Tensor alpha = i.Labels(1, classes, soft: true).Reshape(classes);
                return i.Uniform(-950, -900, 7, classes).SoftmaxCategoricalFocal(i.Labels(7, classes, soft: true), alpha, new FocalTerm(1.5f, poly));
            });
            SameWithGradients($"focal of {classes} logits from -900 on, class numbers", Tolerances.Composite, i =>
                i.Uniform(-950, -900, 7, classes).SoftmaxCategoricalFocal(ClassNumbers(i, 7, classes), Tensor.Full(1, 0.25f, i.Backend), new FocalTerm(2, poly)));
        }
    }

    [Theory]
    [MemberData(nameof(Gammas))]
    public void Focal_terms_of_logits(float gamma)
    {
        foreach (float scale in new[] { 1f, 12f, 80f, 1000f })
        {
            foreach (int classes in new[] { 2, 6, 10, 37 })
            {
                foreach (bool soft in new[] { false, true })
                {
                    foreach (float poly in new[] { 0, 2f })
                    {
                        SameWithGradients($"focal of {classes} logits times {scale}, soft {soft}, poly {poly}", Tolerances.Composite, i =>
                        {
                            Tensor alpha = i.Labels(1, classes, soft: true).Reshape(classes);
                            return i.Uniform(-scale, scale, 17, classes)
                                .SoftmaxCategoricalFocal(i.Labels(17, classes, soft), alpha, new FocalTerm(gamma, poly));
                        });
                    }
                }

                SameWithGradients($"focal of {classes} logits times {scale}, class numbers", Tolerances.Composite, i =>
                    i.Uniform(-scale, scale, 17, classes).SoftmaxCategoricalFocal(
                        ClassNumbers(i, 17, classes), Tensor.Full(1, 0.25f, i.Backend), new FocalTerm(gamma, 0.5f)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(BinaryTerms))]
    public void Focal_terms_of_yes_or_no(float gammaPositive, float gammaNegative, float weightPositive, float weightNegative, float positiveLog, float margin)
    {
        var term = new BinaryFocalTerm(gammaPositive, gammaNegative, weightPositive, weightNegative, positiveLog, margin);
        foreach (int count in new[] { 1, 7, 8, 33, 70_001 })
        {
            foreach (bool soft in new[] { false, true })
            {
                SameWithGradients($"{count} probabilities, soft {soft}", Tolerances.Composite, i =>
                    Probabilities(i, count).BinaryFocal(YesOrNo(i, count, soft), term));
                SameWithGradients($"{count} logits, soft {soft}", Tolerances.Composite, i =>
                    Logits(i, count).SigmoidBinaryFocal(YesOrNo(i, count, soft), term));
            }
        }

        foreach (float scale in new[] { 20f, 80f, 1000f })
        {
            SameWithGradients($"logits times {scale}", Tolerances.Composite, i =>
                (Logits(i, 203) * scale).SigmoidBinaryFocal(YesOrNo(i, 203, soft: false), term));
        }

        // At the margin the gradient jumps.
        Tensor Probabilities(Inputs i, int count) => margin == 0 ? i.Uniform(0.02f, 0.98f, count) : i.Fractions(count);

        // No quarter comes near a logit whose probability is a margin.
        Tensor Logits(Inputs i, int count) => margin == 0 ? i.Uniform(-4, 4, count) : i.Quarters(count);
    }

    [Fact]
    public void Focal_terms_of_yes_or_no_at_the_ends()
    {
        float[] ends = [0, 1, -0f, 1e-8f, 1 - 1e-7f, float.Epsilon, 0.5f, -1, 2];
        float[] logits = [0, 1e4f, -1e4f, 200, -200, 1e-30f, 3e38f, 88, -88, -103.9f, 20, -20, 100, -100];
        foreach (float gamma in new[] { 0, 0.1f, 0.5f, 1, 2, 5 })
        {
            var term = new BinaryFocalTerm(gamma, gamma, 0.25f, 0.75f);
            foreach (float label in new[] { 0f, 1f })
            {
                SameWithGradients($"probabilities, gamma {gamma}, label {label}", Tolerances.Composite, i =>
                    i.Values(ends).BinaryFocal(Tensor.Full(ends.Length, label, i.Backend), term, 1e-3f));
                SameWithGradients($"logits, gamma {gamma}, label {label}", Tolerances.Composite, i =>
                    i.Values(logits).SigmoidBinaryFocal(Tensor.Full(logits.Length, label, i.Backend), term));
            }
        }
    }

    [Theory]
    [MemberData(nameof(BinaryTerms))]
    public void Focal_terms_of_yes_or_no_hand_on_NaN(float gammaPositive, float gammaNegative, float weightPositive, float weightNegative, float positiveLog, float margin)
    {
        foreach ((float positive, float negative) in new[] { (gammaPositive, gammaNegative), (0, gammaNegative), (gammaPositive, 0), (0, 0) })
        {
            var term = new BinaryFocalTerm(positive, negative, weightPositive, weightNegative, positiveLog, margin);
            foreach (float label in new[] { 0f, 1f })
            {
                SameWithGradients($"probabilities, {term}, label {label}", Tolerances.Composite, i =>
                    i.Values(0.5f, float.NaN, 0.5f, 0.75f, float.NaN).BinaryFocal(Tensor.Full(5, label, i.Backend), term));
                SameWithGradients($"logits, {term}, label {label}", Tolerances.Composite, i =>
                    i.Values(0.5f, float.NaN, 0.5f, 0.75f, float.NaN).SigmoidBinaryFocal(Tensor.Full(5, label, i.Backend), term));
            }
        }
    }

    private static Tensor ClassNumbers(Inputs i, int rows, int classes) =>
        (i.Indices(classes + 2, rows).Cast(DType.Float32) - 1f).Cast(DType.Int32);

    private static Tensor YesOrNo(Inputs i, int count, bool soft) => i.Labels(count, 2, soft).Slice(1, 0, 1).Reshape(count);
}
