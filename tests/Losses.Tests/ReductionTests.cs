using Numerics.Tensors;

namespace Numerics.Losses.Tests;

/// <summary>Reductions, ignored labels, and what a loss of nothing is.</summary>
public sealed class ReductionTests
{
    private static readonly NDArray s_logits = new float[,] { { 2, -1, 0.5f }, { 0, 1, 3 }, { -2, 0.25f, 1 }, { 1, 1, 1 } };

    [Fact]
    public void Ignored_labels_cost_nothing_and_do_not_count()
    {
        using var scope = new TensorScope();
        foreach (int none in new[] { -1, 255, 2 })
        {
            NDArray labels = new[] { 0, none, 1, none };
            Loss Create(Reduction reduction) => new SparseCategoricalFocalLoss(fromLogits: true, ignoreClass: none, reduction: reduction);
            float[] each = Create(Reduction.None).Call(labels, s_logits).ToArray();
            Assert.Equal([0f, 0f], [each[1], each[3]]);
            Assert.True(each[0] > 0 && each[2] > 0);
            Assert.Equal((each[0] + each[2]) / 2, Create(Reduction.SumOverBatchSize).Call(labels, s_logits).Item(), 1e-7f);
            Assert.Equal(each[0] + each[2], Create(Reduction.Sum).Call(labels, s_logits).Item(), 1e-7f);
            NDArray weights = new float[] { 3, 100, 1, 100 };
            Assert.Equal(
                ((3 * each[0]) + each[2]) / 4, Create(Reduction.MeanWithSampleWeight).Call(labels, s_logits, weights).Item(), 1e-7f);
        }
    }

    [Fact]
    public void Nothing_to_learn_from_is_a_loss_of_0_without_gradient()
    {
        foreach (Reduction reduction in new[] { Reduction.SumOverBatchSize, Reduction.Sum, Reduction.MeanWithSampleWeight })
        {
            var loss = new SparseCategoricalFocalLoss(fromLogits: true, ignoreClass: -1, reduction: reduction);
            Zero(loss, new[] { -1, -1, -1, -1 }, s_logits, null);
            Zero(loss, new[] { 0, 1, 2, 0 }, s_logits, new float[] { 0, 0, 0, 0 });
            Zero(loss, NDArray.From([0], Array.Empty<int>()), NDArray.From([0, 3], Array.Empty<float>()), null);
            Zero(new CategoricalFocalLoss(reduction: reduction), NDArray.From([0, 3], Array.Empty<float>()), NDArray.From([0, 3], Array.Empty<float>()), null);
        }

        Zero(new SigmoidFocalLoss(reduction: Reduction.SumOverPositives), NDArray.From([0], Array.Empty<float>()), NDArray.From([0], Array.Empty<float>()), null);
    }

    [Fact]
    public void By_positives_divides_by_their_number()
    {
        using var scope = new TensorScope();
        NDArray labels = new float[,] { { 1, 0, 0 }, { 0, 1, 1 }, { 0, 0, 0 }, { 0, 0, 1 } };
        float sum = new SigmoidFocalLoss(reduction: Reduction.Sum).Call(labels, s_logits).Item();
        Assert.Equal(sum / 4, new SigmoidFocalLoss(reduction: Reduction.SumOverPositives).Call(labels, s_logits).Item(), 1e-6f);
        Assert.Equal(sum / 12, new SigmoidFocalLoss().Call(labels, s_logits).Item(), 1e-6f);
        Assert.Equal(new Shape(4, 3), new SigmoidFocalLoss(reduction: Reduction.None).Call(labels, s_logits).Shape);
        float none = new SigmoidFocalLoss(reduction: Reduction.Sum).Call(Tensor.Zeros((4, 3)), s_logits).Item();
        Assert.Equal(none, new SigmoidFocalLoss(reduction: Reduction.SumOverPositives).Call(Tensor.Zeros((4, 3)), s_logits).Item());
        Assert.Equal("reduction", Assert.Throws<ArgumentException>(() => new MeanSquaredError(Reduction.SumOverPositives)).ParamName);
    }

    [Fact]
    public void Classes_count_the_examples_that_have_one()
    {
        using var scope = new TensorScope();
        NDArray background = new float[,] { { 1, 0, 0 }, { 0, 0, 0 }, { 0, 0, 1 }, { 0, 0, 0 } };
        float Of(Reduction reduction, float smoothing) =>
            new CategoricalFocalLoss(fromLogits: true, labelSmoothing: smoothing, reduction: reduction).Call(background, s_logits).Item();
        foreach (float smoothing in new[] { 0, 0.2f })
            Assert.Equal(Of(Reduction.Sum, smoothing) / 2, Of(Reduction.SumOverPositives, smoothing), 1e-6f);
        float Sparse(int[] labels, Reduction reduction) =>
            new SparseCategoricalFocalLoss(fromLogits: true, ignoreClass: 9, reduction: reduction).Call((NDArray)labels, s_logits).Item();
        Assert.Equal(Sparse([0, 9, 2, 1], Reduction.Sum) / 3, Sparse([0, 9, 2, 1], Reduction.SumOverPositives), 1e-6f);
        Assert.Equal(0f, Sparse([9, 9, 9, 9], Reduction.SumOverPositives));
        float all = new SparseCategoricalCrossentropy(fromLogits: true, reduction: Reduction.SumOverPositives).Call((NDArray)new[] { 0, 1, 2, 0 }, s_logits).Item();
        Assert.Equal(new SparseCategoricalCrossentropy(fromLogits: true).Call((NDArray)new[] { 0, 1, 2, 0 }, s_logits).Item(), all, 1e-6f);
        float binary = new BinaryFocalLoss(fromLogits: true, reduction: Reduction.SumOverPositives).Call(background, s_logits).Item();
        Assert.Equal(new BinaryFocalLoss(fromLogits: true, reduction: Reduction.Sum).Call(background, s_logits).Item() / 2, binary, 1e-6f);
    }

    [Fact]
    public void The_penalty_l1_of_probabilities_is_a_constant()
    {
        const float L1 = 0.5f, L2 = 2;
        NDArray target = new float[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 }, { 1, 0, 0 } };
        (float Value, float[] Gradient) Of(float l1, float l2)
        {
            using var tape = new GradientTape();
            Tensor z = tape.Watch(s_logits);
            Tensor value = new CategoricalFocalLoss(l1: l1, l2: l2).Call(target, z.Softmax());
            return (value.Item(), tape.Gradient(value, z).ToArray());
        }

        (float plain, float[] gradient) = Of(0, 0);
        (float withL1, float[] gradientL1) = Of(L1, 0);
        Assert.Equal(L1 * 4, withL1 - plain, 1e-5f);
        Assert.All(gradient.Zip(gradientL1), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.InRange((Of(0, L2).Value - plain) / L2, 4f / 3, 4);
    }

    [Fact]
    public void Classes_along_another_axis()
    {
        using var scope = new TensorScope();
        var random = new Random();
        NDArray last = NDArray.From([2, 5, 3], [.. Enumerable.Range(0, 30).Select(_ => random.NextSingle() * 4)]);
        NDArray labels = NDArray.From([2, 5], [.. Enumerable.Range(0, 10).Select(_ => random.Next(3))]);
        Tensor middle = ((Tensor)last).Transpose(0, 2, 1), oneHot = Tensor.OneHot(labels, 3);
        foreach (Reduction reduction in new[] { Reduction.None, Reduction.SumOverBatchSize })
        {
            Assert.Equal(
                new SparseCategoricalFocalLoss(fromLogits: true, reduction: reduction).Call(labels, last).ToArray(),
                new SparseCategoricalFocalLoss(fromLogits: true, axis: 1, reduction: reduction).Call(labels, middle).ToArray());
            Assert.Equal(
                new CategoricalFocalLoss(l2: 0.1f, fromLogits: true, reduction: reduction).Call(oneHot, last).ToArray(),
                new CategoricalFocalLoss(l2: 0.1f, fromLogits: true, axis: -2, reduction: reduction).Call(oneHot.Transpose(0, 2, 1), middle).ToArray());
        }

        string message = Assert.Throws<ShapeMismatchException>(() => new CategoricalFocalLoss(axis: 3).Call(oneHot, last)).Message;
        Assert.Contains("with classes along axis 3", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_a_number_is_named()
    {
        using var scope = new TensorScope();
        NDArray target = new float[,] { { 1, 0 }, { 0, 1 } }, good = new float[,] { { 0.5f, 0.5f }, { 0.25f, 0.75f } };
        NDArray bad = new float[,] { { 0.5f, 0.5f }, { 0.25f, float.NaN } };
        foreach (Loss loss in new Loss[]
        {
            new CategoricalFocalLoss(), new CategoricalFocalLoss(fromLogits: true), new CategoricalFocalLoss(reduction: Reduction.None),
            new BinaryFocalLoss(), new SigmoidFocalLoss(), new MeanSquaredError(), new DiceLoss(), new AsymmetricLoss(), new CategoricalCrossentropy(),
        })
        {
            string message = Assert.Throws<NotFiniteNumberException>(() => loss.Call(target, bad)).Message;
            Assert.Equal($"{loss.Name}: the loss is NaN because yPred [2, 2] holds NaN (element 3 of 4)", message);
            Assert.Contains("yTrue", Assert.Throws<NotFiniteNumberException>(() => loss.Call(bad, good)).Message, StringComparison.Ordinal);
        }

        NDArray weights = new float[] { 1, float.NaN };
        Assert.Contains(
            "sampleWeight [2]", Assert.Throws<NotFiniteNumberException>(() => new CategoricalFocalLoss().Call(target, good, weights)).Message, StringComparison.Ordinal);
    }

    private static void Zero(Loss loss, NDArray target, NDArray prediction, NDArray? weights)
    {
        using var tape = new GradientTape();
        Tensor x = tape.Watch(prediction);
        Tensor value = loss.Call(target, x, weights is null ? null : Tensor.From(weights));
        Assert.Equal(0f, value.Item());
        Assert.All(tape.Gradient(value, x).ToArray(), slope => Assert.Equal(0f, slope));
    }
}
