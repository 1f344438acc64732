using Numerics.Tensors;

namespace Numerics.Losses.Tests;

public sealed class LossFunctionWrapperTests
{
    private static readonly Tensor s_y = Tensor.From((3, 2), (float[])[1, 2, 3, 4, 5, 6]), s_p = Tensor.From((3, 2), (float[])[1, 1, 1, 1, 1, 1]);

    [Theory]
    [InlineData(Reduction.SumOverBatchSize)]
    [InlineData(Reduction.MeanWithSampleWeight)]
    [InlineData(Reduction.Sum)]
    [InlineData(Reduction.None)]
    public void A_function_is_weighted_and_reduced_as_the_loss_of_its_kind(Reduction reduction)
    {
        var own = new LossFunctionWrapper((y, p) => (y - p).Square().Mean(-1), reduction);
        var expected = new MeanSquaredError(reduction);
        Tensor weights = Tensor.From(3, (float[])[1, 0.5f, 4]);
        Assert.Equal(expected.Call(s_y, s_p).ToArray(), own.Call(s_y, s_p).ToArray());
        Assert.Equal(expected.Call(s_y, s_p, weights).ToArray(), own.Call(s_y, s_p, weights).ToArray());
    }

    [Fact]
    public void It_is_differentiated()
    {
        var own = new LossFunctionWrapper((y, p) => ((y - p).Square() + 1e-6f).Sqrt().Mean(-1), name: "charbonnier");
        using var tape = new GradientTape();
        Tensor p = tape.Watch(s_p + 0.5f);
        float[] gradient = tape.Gradient(own.Call(s_y, p), p).ToArray();

        // d/dp of the root is (p - y) / root, over two columns and three rows.
        double[] expected = [.. s_y.ToArray().Select(y => (1.5 - y) / Math.Sqrt(((1.5 - y) * (1.5 - y)) + 1e-6) / 6)];
        for (int i = 0; i < gradient.Length; i++)
            Assert.Equal(expected[i], gradient[i], 1e-6);
        Assert.Equal("charbonnier", own.Name);
    }

    [Fact]
    public void Targets_without_the_last_axis_make_no_table()
    {
        var own = new LossFunctionWrapper((y, p) => (y - p).Abs().Mean(-1));
        Tensor y = Tensor.From(3, (int[])[1, 2, 3]), p = Tensor.From((3, 1), (float[])[1, 1, 1]);
        Assert.Equal(1, own.Call(y, p).Item());
        Assert.Equal(1, own.Call(p.Squeeze(-1), Tensor.From((3, 1), (float[])[0, 0, 0])).Item());
    }

    [Fact]
    public void A_function_that_forgets_the_examples_is_refused()
    {
        var own = new LossFunctionWrapper((y, p) => (y - p).Square().Mean(), name: "mine");
        string message = Assert.Throws<ShapeMismatchException>(() => own.Call(s_y, s_p)).Message;
        Assert.StartsWith("mine: expected a value for each of the 3 examples", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_numbers_are_told_what_they_are_for()
    {
        Tensor p = Tensor.From((2, 3), (float[])[0.2f, 0.3f, 0.5f, 0.2f, 0.3f, 0.5f]);
        foreach (Tensor numbers in (Tensor[])[Tensor.From(2, (int[])[0, 1]), Tensor.From((2, 1), (int[])[0, 1])])
            Assert.Contains("Sparse", Assert.Throws<ShapeMismatchException>(() => new CategoricalCrossentropy().Call(numbers, p)).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Sparse", Assert.Throws<ShapeMismatchException>(() => new CategoricalFocalLoss().Call(p.Slice(1, 0, 2), p)).Message, StringComparison.Ordinal);
    }
}
