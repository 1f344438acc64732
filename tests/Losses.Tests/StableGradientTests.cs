using Numerics.Tensors;

namespace Numerics.Losses.Tests;

/// <summary>Losses of probabilities that come straight from a softmax or a sigmoid.</summary>
public sealed class StableGradientTests
{
    [Fact]
    public void A_wrong_and_certain_example_is_pulled_back_unless_clipping_is_asked_for()
    {
        NDArray wrong = new float[,] { { 20, 0 } }, target = new float[,] { { 0, 1 } };
        Assert.Equal([0.25f, -0.25f], Gradient(new CategoricalFocalLoss(), target, wrong, z => z.Softmax()), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal([0.25f, -0.25f], Gradient(new CategoricalFocalLoss(fromLogits: true), target, wrong, z => z), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal([0f, 0f], Gradient(new CategoricalFocalLoss(gradient: FocalGradient.Clipped), target, wrong, z => z.Softmax()));
        Assert.Equal([0f, 0f], Gradient(new SparseCategoricalFocalLoss(gradient: FocalGradient.Clipped), (NDArray)new[] { 1 }, wrong, z => z.Softmax()));
        Assert.Equal([0f], Gradient(new BinaryFocalLoss(gradient: FocalGradient.Clipped), (NDArray)new float[] { 0 }, (NDArray)new float[] { 40 }, z => z.Sigmoid()));
        Assert.Equal([1f], Gradient(new BinaryFocalLoss(), (NDArray)new float[] { 0 }, (NDArray)new float[] { 40 }, z => z.Sigmoid()));
    }

    public static TheoryData<string> Names => [.. Losses().Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Starting_from_probabilities_or_from_logits_is_the_same(string name)
    {
        (Func<bool, Loss> create, bool softmax) = Losses()[name];
        var random = new Random();
        NDArray logits = NDArray.From([6, 4], [.. Enumerable.Range(0, 24).Select(_ => (random.NextSingle() - 0.5f) * 100)]);
        NDArray target = name.StartsWith("sparse", StringComparison.Ordinal)
            ? (NDArray)new[] { 0, 1, 2, 3, 1, 0 }
            : NDArray.From([6, 4], [.. Enumerable.Range(0, 24).Select(i => i % 4 == i / 4 % 4 ? 1f : 0f)]);
        using var tape = new GradientTape();
        Tensor z = tape.Watch(logits);
        Tensor fromLogits = create(true).Call(target, z), fromProbabilities = create(false).Call(target, softmax ? z.Softmax() : z.Sigmoid());
        Assert.Equal(fromLogits.Item(), fromProbabilities.Item());
        Assert.Equal(tape.Gradient(fromLogits, z).ToArray(), tape.Gradient(fromProbabilities, z).ToArray());
    }

    [Fact]
    public void Probabilities_keep_their_logits_when_a_scope_returns_them()
    {
        using var outer = new TensorScope();
        Tensor probabilities;
        using (var scope = new TensorScope())
            probabilities = scope.Return(Tensor.From((1, 3), [1f, 2, 3]).Softmax());
        Assert.Equal([1f, 2, 3], probabilities.SoftmaxLogits!.ToArray());
        Assert.Null(probabilities.SigmoidLogits);

        Tensor kept;
        using (new TensorScope())
            kept = Tensor.From(2, [0f, 1]).Sigmoid().Keep();
        Assert.Null(kept.SigmoidLogits);
        kept.Dispose();
    }

    [Fact]
    public void A_softmax_over_another_axis_has_no_logits_for_the_last()
    {
        using var scope = new TensorScope();
        Assert.Null(Tensor.Ones((2, 3)).Softmax(0).SoftmaxLogits);
        Assert.NotNull(Tensor.Ones((2, 3, 4)).Softmax(2).SoftmaxLogits);
    }

    private static float[] Gradient(Loss loss, Tensor target, NDArray logits, Func<Tensor, Tensor> predict)
    {
        using var tape = new GradientTape();
        Tensor z = tape.Watch(logits);
        return tape.Gradient(loss.Call(target, predict(z)), z).ToArray();
    }

    private static Dictionary<string, (Func<bool, Loss> Create, bool Softmax)> Losses() => new()
    {
        ["focal"] = (logits => new CategoricalFocalLoss(gamma: 1.5f, fromLogits: logits, labelSmoothing: 0.1f), true),
        ["sparse focal"] = (logits => new SparseCategoricalFocalLoss(fromLogits: logits), true),
        ["sparse crossentropy"] = (logits => new SparseCategoricalCrossentropy(fromLogits: logits), true),
        ["crossentropy"] = (logits => new CategoricalCrossentropy(fromLogits: logits), true),
        ["poly-1"] = (logits => new Poly1FocalLoss(fromLogits: logits), true),
        ["binary"] = (logits => new BinaryCrossentropy(fromLogits: logits), false),
        ["binary focal"] = (logits => new BinaryFocalLoss(0.25f, posWeight: 2, fromLogits: logits), false),
        ["asymmetric"] = (logits => new AsymmetricLoss(fromLogits: logits), false),
    };
}
