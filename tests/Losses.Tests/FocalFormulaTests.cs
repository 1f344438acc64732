using Numerics.Tensors;

namespace Numerics.Losses.Tests;

/// <summary>The focal loss of logits against its closed form in double precision, and against published values.</summary>
public sealed class FocalFormulaTests
{
    public static TheoryData<float> Gammas => [0, 0.1f, 0.2f, 0.5f, 1, 2, 5];

    [Theory]
    [MemberData(nameof(Gammas))]
    public void Any_gap_between_logits_right_or_wrong(float gamma)
    {
        const float Alpha = 0.25f;
        foreach (float logit in new[] { 0, 20f, -20f, 100f, -100f, 1000f, -1000f })
        {
            foreach (int label in new[] { 0, 1 })
            {
                // p of the label and its complement, each from the exponential that does not overflow.
                double gap = label == 0 ? logit : -logit, e = Math.Exp(-Math.Abs(gap)), p = gap >= 0 ? 1 / (1 + e) : e / (1 + e), u = gap >= 0 ? e / (1 + e) : 1 / (1 + e);
                double logP = gap >= 0 ? -LogOnePlus(e) : gap - LogOnePlus(e), focus = gamma == 0 ? 1 : Math.Pow(u, gamma);
                double loss = -Alpha * focus * logP, slope = Alpha * focus * ((gamma * p * (u == 0 ? -1 : logP / u)) - 1) * u;
                var loss32 = new SparseCategoricalFocalLoss(Alpha, gamma, fromLogits: true);
                using var tape = new GradientTape();
                Tensor logits = tape.Watch((NDArray)new float[,] { { logit, 0 } });
                Tensor value = loss32.Call((NDArray)new[] { label }, logits);
                float[] gradient = tape.Gradient(value, logits).ToArray();
                Close(loss, value.Item());
                Close(slope, gradient[label]);
                Close(-slope, gradient[1 - label]);
                NDArray oneHot = label == 0 ? new float[,] { { 1, 0 } } : new float[,] { { 0, 1 } };
                using var scope = new TensorScope();
                Assert.Equal(value.Item(), new CategoricalFocalLoss(Alpha, gamma, fromLogits: true).Call(oneHot, logits).Item());
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(50)]
    public void Without_focus_it_is_alpha_times_the_crossentropy_to_the_bit(int classes)
    {
        using var scope = new TensorScope();
        var random = new Random();
        const int Rows = 40;
        float[] values = [.. Enumerable.Range(0, Rows * classes).Select(_ => (random.NextSingle() - 0.5f) * 60)];
        int[] labels = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(classes))];
        Tensor logits = NDArray.From([Rows, classes], values);
        float[] focal = new SparseCategoricalFocalLoss(0.25f, 0, fromLogits: true, reduction: Reduction.None).Call((NDArray)labels, logits).ToArray();
        float[] crossEntropy = new SparseCategoricalCrossentropy(fromLogits: true, reduction: Reduction.None).Call((NDArray)labels, logits).ToArray();
        Assert.Equal(crossEntropy.Select(value => 0.25f * value), focal);
        for (int row = 0; row < Rows; row++)
        {
            double[] z = [.. values.AsSpan(row * classes, classes).ToArray().Select(value => (double)value)];
            double top = z.Max(), others = z.Where((_, c) => c != Array.IndexOf(z, top)).Sum(value => Math.Exp(value - top));
            Close(top - z[labels[row]] + LogOnePlus(others), crossEntropy[row]);
        }
    }

    [Fact]
    public void Published_values_of_probabilities()
    {
        // The example of Keras' CategoricalFocalCrossentropy, which divides by the row's sum.
        using var scope = new TensorScope();
        NDArray target = new float[,] { { 0, 1, 0 }, { 0, 0, 1 } }, prediction = new float[,] { { 0.05f, 0.95f, 0 }, { 0.1f, 0.8f, 0.1f } };
        float[] each = new CategoricalFocalLoss(normalizePredictions: true, reduction: Reduction.None).Call(target, prediction).ToArray();
        Close(3.2058e-05, each[0], 1e-4);
        Close(0.466273, each[1], 1e-5);
        Close(0.233153, new CategoricalFocalLoss(normalizePredictions: true).Call(target, prediction).Item(), 1e-5);
        Close(0.233153, new SparseCategoricalFocalLoss(normalizePredictions: true).Call((NDArray)new[] { 1, 2 }, prediction).Item(), 1e-5);
    }

    [Fact]
    public void Published_values_of_logits()
    {
        using var scope = new TensorScope();
        NDArray logits = new float[,] { { 8, 1, 1 }, { 0, 9, 1 }, { 2, 3, 5 } }, identity = new float[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
        double[] expected = [1.50962e-09, 2.41278e-11, 1.0360643e-03];
        float[] each = new CategoricalFocalLoss(fromLogits: true, reduction: Reduction.None).Call(identity, logits).ToArray();
        for (int i = 0; i < expected.Length; i++)
            Close(expected[i], each[i], 1e-5);
    }

    [Fact]
    public void Many_soft_labels_agree_with_the_formula()
    {
        var random = new Random();
        const int Classes = 203;
        float[] z = [.. Enumerable.Range(0, Classes).Select(_ => (random.NextSingle() - 0.5f) * 12)];
        NDArray hard = NDArray.From([1, Classes], [.. Enumerable.Range(0, Classes).Select(c => c == 17 ? 1f : 0f)]);
        foreach (float gamma in new[] { 0, 0.5f, 2 })
        {
            using var tape = new GradientTape();
            Tensor logits = tape.Watch(NDArray.From([1, Classes], z));
            Tensor value = new CategoricalFocalLoss(1, gamma, fromLogits: true, labelSmoothing: 0.1f).Call(hard, logits);
            double sum = z.Sum(x => Math.Exp(x)), loss = 0, total = 0;
            double[] p = [.. z.Select(x => Math.Exp(x) / sum)], pull = new double[Classes];
            for (int c = 0; c < Classes; c++)
            {
                double y = (c == 17 ? 0.9 : 0) + (0.1 / Classes), focus = Math.Pow(1 - p[c], gamma);
                loss -= y * focus * Math.Log(p[c]);
                total += pull[c] = y * focus * ((gamma * p[c] * Math.Log(p[c]) / (1 - p[c])) - 1);
            }

            Close(loss, value.Item(), 1e-5);
            float[] gradient = tape.Gradient(value, logits).ToArray();
            double norm = Math.Sqrt(gradient.Sum(g => (double)g * g));
            for (int c = 0; c < Classes; c++)
                Assert.Equal(pull[c] - (p[c] * total), gradient[c], 1e-5 * norm);
        }
    }

    private static double LogOnePlus(double x) => x < 1e-5 ? x - (x * x / 2) : Math.Log(1 + x);

    private static void Close(double expected, float actual, double relative = 1e-5) =>
        Assert.True(Math.Abs(actual - expected) <= (relative * Math.Abs(expected)) + 2e-45, $"expected {expected:R}, got {actual:R}");
}
