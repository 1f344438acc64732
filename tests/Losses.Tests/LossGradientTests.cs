using Numerics.Tensors;

namespace Numerics.Losses.Tests;

/// <summary>Gradients against differences of the loss on fresh random inputs.</summary>
public sealed class LossGradientTests
{
    public static TheoryData<string> Names => [.. Losses().Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_is_the_slope(string name)
    {
        (Loss loss, bool logits) = Losses()[name];
        var random = new Random();
        const int Rows = 5, Classes = 3;

        // Spread so that no two are equal, or 1 apart, within the step: there a loss that takes a maximum has no slope.
        int[] places = [.. Enumerable.Range(0, Rows * Classes)];
        random.Shuffle(places);
        float[] values = [.. places.Select(i => (i + 0.45f + (random.NextSingle() * 0.1f)) / places.Length).Select(u => logits ? (u * 4) - 2 : 0.15f + (u * 0.7f))];
        float[] labels = [.. Enumerable.Range(0, Rows * Classes).Select(i => i % Classes == i / Classes % Classes ? 1f : 0f)];
        float[] weights = [.. Enumerable.Range(0, Rows).Select(_ => random.NextSingle() + 0.5f)];
        NDArray target = name.StartsWith("sparse", StringComparison.Ordinal) ? (NDArray)new[] { 0, 1, 2, 1, 0 } : NDArray.From([Rows, Classes], labels);

        float[] gradient;
        using (var tape = new GradientTape())
        {
            Tensor x = tape.Watch(NDArray.From([Rows, Classes], values));
            gradient = tape.Gradient(loss.Call(target, x, (NDArray)weights), x).ToArray();
        }

        double Value(float[] at)
        {
            using var scope = new TensorScope();
            return loss.Call(target, NDArray.From([Rows, Classes], at), (NDArray)weights).Item();
        }

        const float Step = 1f / 256;
        var slope = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            float[] up = [.. values], down = [.. values];
            up[i] += Step;
            down[i] -= Step;
            slope[i] = (Value(up) - Value(down)) / ((double)up[i] - down[i]);
        }

        double error = Math.Sqrt(slope.Zip(gradient, (a, b) => (a - b) * (a - b)).Sum()), norm = Math.Sqrt(slope.Sum(a => a * a));
        Assert.True(error <= (2e-3 * norm) + 1e-5, $"error {error}, norm {norm}");
    }

    private static Dictionary<string, (Loss Loss, bool Logits)> Losses() => new()
    {
        ["focal"] = (new CategoricalFocalLoss(), false),
        ["focal with penalties and smoothing"] = (new CategoricalFocalLoss([0.2f, 0.5f, 0.9f], 1.5f, 0.01f, 0.02f, labelSmoothing: 0.1f), false),
        ["focal of logits"] = (new CategoricalFocalLoss(0.7f, 1.5f, 0.01f, 0.02f, fromLogits: true, labelSmoothing: 0.1f), true),
        ["summed focal"] = (new CategoricalFocalLoss(reduction: Reduction.Sum), false),
        ["categorical"] = (new CategoricalCrossentropy(labelSmoothing: 0.1f), false),
        ["categorical of logits"] = (new CategoricalCrossentropy(fromLogits: true), true),
        ["sparse"] = (new SparseCategoricalCrossentropy(), false),
        ["sparse of logits"] = (new SparseCategoricalCrossentropy(fromLogits: true), true),
        ["binary"] = (new BinaryCrossentropy(labelSmoothing: 0.2f), false),
        ["binary of logits"] = (new BinaryCrossentropy(fromLogits: true), true),
        ["binary focal"] = (new BinaryFocalLoss(0.25f, 1.5f, labelSmoothing: 0.2f), false),
        ["binary focal of logits"] = (new BinaryFocalLoss(0.25f, fromLogits: true, labelSmoothing: 0.2f), true),
        ["binary focal with a weight"] = (new BinaryFocalLoss(gamma: 0.5f, posWeight: 3), false),
        ["sigmoid focal over positives"] = (new SigmoidFocalLoss(reduction: Reduction.SumOverPositives), true),
        ["asymmetric"] = (new AsymmetricLoss(), false),
        ["asymmetric of logits"] = (new AsymmetricLoss(2, 0.5f, 0.1f, fromLogits: true), true),
        ["poly-1 focal"] = (new Poly1FocalLoss(labelSmoothing: 0.1f), false),
        ["poly-1 focal of logits"] = (new Poly1FocalLoss(2, 1, 0.5f, fromLogits: true), true),
        ["normalised focal"] = (new CategoricalFocalLoss(normalizePredictions: true, l2: 0.1f), false),
        ["sparse focal"] = (new SparseCategoricalFocalLoss([0.2f, 0.5f, 0.9f], 1.5f, normalizePredictions: true), false),
        ["sparse focal of logits"] = (new SparseCategoricalFocalLoss(0.5f, 0.5f, fromLogits: true, ignoreClass: 1), true),
        ["focal by weights"] = (new CategoricalFocalLoss(fromLogits: true, reduction: Reduction.MeanWithSampleWeight), true),
        ["tversky"] = (new TverskyLoss(0.3f, 0.7f, axis: [1]), false),
        ["dice"] = (new DiceLoss(axis: [-1]), false),
        ["huber"] = (new HuberLoss(0.8f), true),
        ["kl divergence"] = (new KLDivergence(), false),
        ["log cosh"] = (new LogCosh(), true),
        ["cosine similarity"] = (new CosineSimilarity(), true),
        ["hinge"] = (new Hinge(), false),
        ["squared hinge"] = (new SquaredHinge(), true),
        ["categorical hinge"] = (new CategoricalHinge(), false),
        ["poisson"] = (new Poisson(), false),
        ["percentage error"] = (new MeanAbsolutePercentageError(), false),
        ["squared logarithmic error"] = (new MeanSquaredLogarithmicError(), false),
        ["squared error"] = (new MeanSquaredError(), true),
    };
}
