using Numerics.Golden;
using Numerics.Tensors;

namespace Numerics.Losses.Tests;

public sealed class CategoricalFocalLossTests
{
    public static TheoryData<string> Probabilities => GoldenFile.Names("categorical_focal_loss.json");

    public static TheoryData<string> Logits => GoldenFile.Names("categorical_focal_loss_from_logits.json");

    [Theory]
    [MemberData(nameof(Probabilities))]
    public void Matches_the_reference_on_probabilities(string name)
    {
        GoldenCase golden = GoldenFile.Case("categorical_focal_loss.json", name);
        float[] alpha = [.. golden.Numbers("alpha").Select(value => (float)value)];
        float gamma = (float)golden.Number("gamma"), l1 = (float)golden.Number("l1"), l2 = (float)golden.Number("l2");
        var loss = new CategoricalFocalLoss(alpha, gamma, l1, l2);
        using var tape = new GradientTape();
        Tensor prediction = tape.Watch(golden.Tensor("y_pred").ToNDArray());
        Tensor value = loss.Call(golden.Tensor("y_true").ToNDArray(), prediction);
        GoldenAssert.Close(golden.Number("loss"), value.Item(), "loss");
        GoldenAssert.Close(golden.Tensor("grad_y_pred"), tape.Gradient(value, prediction), "gradient");
    }

    [Theory]
    [MemberData(nameof(Logits))]
    public void Matches_the_reference_on_logits(string name)
    {
        GoldenCase golden = GoldenFile.Case("categorical_focal_loss_from_logits.json", name);
        var loss = new CategoricalFocalLoss((float)golden.Number("alpha"), (float)golden.Number("gamma"), fromLogits: true);
        using var tape = new GradientTape();
        Tensor logits = tape.Watch(golden.Tensor("logits").ToNDArray());
        Tensor value = loss.Call(golden.Tensor("y_true").ToNDArray(), logits);
        GoldenAssert.Close(golden.Number("loss"), value.Item(), "loss");
        GoldenAssert.Close(golden.Tensor("grad_logits"), tape.Gradient(value, logits), "gradient");
    }

    [Theory]
    [InlineData(0.5f)]
    [InlineData(2f)]
    public void Is_finite_with_its_gradient_for_logits_of_80(float gamma)
    {
        var loss = new CategoricalFocalLoss(gamma: gamma, l1: 0.1f, l2: 0.1f, fromLogits: true);
        NDArray target = new float[,] { { 1, 0, 0 }, { 1, 0, 0 }, { 0, 0, 1 } };
        using var tape = new GradientTape();
        Tensor logits = tape.Watch((NDArray)new float[,] { { 80, -80, -80 }, { -80, 80, 0 }, { 80, 80, 80 } });
        Tensor value = loss.Call(target, logits);
        Assert.All(tape.Gradient(value, logits).ToArray().Append(value.Item()), x => Assert.True(float.IsFinite(x)));
    }

    [Fact]
    public void Penalties_add_up_over_the_whole_batch_whatever_the_reduction()
    {
        using var scope = new TensorScope();
        NDArray target = new float[,] { { 1, 0 }, { 0, 1 }, { 0, 1 } }, prediction = new float[,] { { 0.5f, 0.5f }, { 0.25f, 0.75f }, { 0.125f, 0.875f } };
        float Value(float l1, Reduction reduction) => new CategoricalFocalLoss(l1: l1, reduction: reduction).Call(target, prediction).Sum().Item();
        foreach (Reduction reduction in new[] { Reduction.SumOverBatchSize, Reduction.Sum, Reduction.None, Reduction.MeanWithSampleWeight })
            Assert.Equal(3f, Value(1, reduction) - Value(0, reduction), 1e-5f);
    }

    [Fact]
    public void Penalties_from_logits_act_on_the_softmax()
    {
        using var scope = new TensorScope();
        NDArray target = new float[,] { { 1, 0 } };
        Tensor logits = (NDArray)new float[,] { { 1.5f, -0.5f } };
        float plain = new CategoricalFocalLoss(fromLogits: true).Call(target, logits).Item();
        float both = new CategoricalFocalLoss(l1: 0.5f, l2: 2, fromLogits: true).Call(target, logits).Item();
        float[] p = logits.Softmax().ToArray();
        Assert.Equal(0.5f + (2 * ((p[0] * p[0]) + (p[1] * p[1]))), both - plain, 1e-5f);
    }

    [Fact]
    public void Label_smoothing_spreads_a_share_over_the_classes()
    {
        using var scope = new TensorScope();
        NDArray hard = new float[,] { { 0, 1, 0, 0 } }, soft = new float[,] { { 0.05f, 0.85f, 0.05f, 0.05f } };
        Tensor prediction = (NDArray)new float[,] { { 0.1f, 0.2f, 0.3f, 0.4f } };
        float smoothed = new CategoricalFocalLoss(labelSmoothing: 0.2f).Call(hard, prediction).Item();
        Assert.Equal(new CategoricalFocalLoss().Call(soft, prediction).Item(), smoothed, 1e-6f);
    }

    [Fact]
    public void Pictures_of_classes_are_rows()
    {
        using var scope = new TensorScope();
        float[] p = [.. Enumerable.Range(0, 24).Select(i => (i + 1) / 30f)], y = [.. Enumerable.Range(0, 24).Select(i => i % 3 == 1 ? 1f : 0f)];
        var loss = new CategoricalFocalLoss(reduction: Reduction.None);
        Tensor picture = loss.Call(NDArray.From([2, 2, 2, 3], y), NDArray.From([2, 2, 2, 3], p));
        Tensor rows = loss.Call(NDArray.From([8, 3], y), NDArray.From([8, 3], p));
        Assert.Equal(new Shape(2, 2, 2), picture.Shape);
        Assert.Equal(rows.ToArray(), picture.ToArray());
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        Assert.Equal("alpha", Assert.Throws<ArgumentOutOfRangeException>(() => new CategoricalFocalLoss(alpha: -1)).ParamName);
        Assert.Equal("alpha", Assert.Throws<ArgumentOutOfRangeException>(() => new CategoricalFocalLoss([0.25f, float.NaN])).ParamName);
        Assert.Equal("alpha", Assert.Throws<ArgumentException>(() => new CategoricalFocalLoss([])).ParamName);
        Assert.Equal("gamma", Assert.Throws<ArgumentOutOfRangeException>(() => new CategoricalFocalLoss(gamma: -0.5f)).ParamName);
        Assert.Equal("l1", Assert.Throws<ArgumentOutOfRangeException>(() => new CategoricalFocalLoss(l1: -1)).ParamName);
        Assert.Equal("l2", Assert.Throws<ArgumentOutOfRangeException>(() => new CategoricalFocalLoss(l2: float.PositiveInfinity)).ParamName);
        Assert.Equal("labelSmoothing", Assert.Throws<ArgumentOutOfRangeException>(() => new CategoricalFocalLoss(labelSmoothing: 2)).ParamName);
        Assert.Equal("reduction", Assert.Throws<ArgumentOutOfRangeException>(() => new CategoricalFocalLoss(reduction: (Reduction)9)).ParamName);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        using var scope = new TensorScope();
        Tensor prediction = Tensor.Ones((4, 3));
        string shapes = Assert.Throws<ShapeMismatchException>(() => new CategoricalFocalLoss().Call(Tensor.Ones((4, 2)), prediction)).Message;
        Assert.Contains("categorical_focal_loss", shapes, StringComparison.Ordinal);
        Assert.Contains("[4, 2]", shapes, StringComparison.Ordinal);
        Assert.Contains("[4, 3]", shapes, StringComparison.Ordinal);
        string alpha = Assert.Throws<ShapeMismatchException>(() => new CategoricalFocalLoss([0.1f, 0.9f]).Call(Tensor.Ones((4, 3)), prediction)).Message;
        Assert.Contains("alpha has 2 values for 3 classes", alpha, StringComparison.Ordinal);
    }
}
