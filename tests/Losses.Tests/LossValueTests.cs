using Numerics.Tensors;

namespace Numerics.Losses.Tests;

/// <summary>Values against formulas in double precision on fresh random inputs.</summary>
public sealed class LossValueTests
{
    private const double Epsilon = 1e-7;

    public static TheoryData<int, int> Sizes => new() { { 1, 1 }, { 1, 5 }, { 7, 3 }, { 33, 10 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Categorical_and_sparse_crossentropy(int rows, int classes)
    {
        using var scope = new TensorScope();
        var random = new Random();
        float[] p = [.. Enumerable.Range(0, rows * classes).Select(_ => random.NextSingle() + 0.01f)];
        int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))];
        double expected = Enumerable.Range(0, rows).Average(i =>
        {
            double sum = p.AsSpan(i * classes, classes).ToArray().Sum(value => (double)value);
            return -Math.Log(Math.Clamp(p[(i * classes) + labels[i]] / sum, Epsilon, 1 - Epsilon));
        });
        NDArray prediction = NDArray.From([rows, classes], p);
        Tensor oneHot = Tensor.OneHot((NDArray)labels, classes);
        Assert.Equal(expected, new SparseCategoricalCrossentropy().Call((NDArray)labels, prediction).Item(), 1e-5);
        Assert.Equal(expected, new CategoricalCrossentropy().Call(oneHot, prediction).Item(), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Crossentropy_of_logits_of_any_size(int rows, int classes)
    {
        using var scope = new TensorScope();
        var random = new Random();
        float[] z = [.. Enumerable.Range(0, rows * classes).Select(_ => (random.NextSingle() - 0.5f) * 200)];
        int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))];
        double expected = Enumerable.Range(0, rows).Average(i =>
        {
            double[] row = [.. z[(i * classes)..((i + 1) * classes)].Select(value => (double)value)];
            return row.Max() + Math.Log(row.Sum(value => Math.Exp(value - row.Max()))) - row[labels[i]];
        });
        NDArray logits = NDArray.From([rows, classes], z);
        double tolerance = 1e-5 * (1 + expected);
        Assert.Equal(expected, new SparseCategoricalCrossentropy(fromLogits: true).Call((NDArray)labels, logits).Item(), tolerance);
        Assert.Equal(expected, new CategoricalCrossentropy(fromLogits: true).Call(Tensor.OneHot((NDArray)labels, classes), logits).Item(), tolerance);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Binary_crossentropy_and_errors(int rows, int columns)
    {
        using var scope = new TensorScope();
        var random = new Random();
        float[] p = [.. Enumerable.Range(0, rows * columns).Select(_ => (random.NextSingle() * 0.98f) + 0.01f)];
        float[] y = [.. Enumerable.Range(0, rows * columns).Select(_ => (float)random.Next(2))];
        NDArray prediction = NDArray.From([rows, columns], p), target = NDArray.From([rows, columns], y);
        double Average(Func<double, double, double> each) => y.Zip(p, (a, b) => each(a, b)).Average();
        Assert.Equal(Average((a, b) => -((a * Math.Log(b)) + ((1 - a) * Math.Log(1 - b)))), new BinaryCrossentropy().Call(target, prediction).Item(), 1e-4);
        Assert.Equal(Average((a, b) => (a - b) * (a - b)), new MeanSquaredError().Call(target, prediction).Item(), 1e-5);
        Assert.Equal(Average((a, b) => Math.Abs(a - b)), new MeanAbsoluteError().Call(target, prediction).Item(), 1e-5);
    }

    [Fact]
    public void Sample_weights_do_not_change_the_divisor()
    {
        using var scope = new TensorScope();
        NDArray target = new float[,] { { 0 }, { 0 }, { 0 }, { 0 } }, prediction = new float[,] { { 1 }, { 2 }, { 3 }, { 4 } }, weights = new float[] { 1, 0, 2, 0.5f };
        Tensor Call(Reduction reduction, NDArray weight) => new MeanSquaredError(reduction).Call(target, prediction, weight);
        Assert.Equal([1f, 0f, 18f, 8f], Call(Reduction.None, weights).ToArray());
        Assert.Equal(27f, Call(Reduction.Sum, weights).Item());
        Assert.Equal(27f / 4, Call(Reduction.SumOverBatchSize, weights).Item());
        Assert.Equal(27f / 4, Call(Reduction.SumOverBatchSize, weights.Reshape((4, 1))).Item());
        string message = Assert.Throws<ShapeMismatchException>(() => Call(Reduction.Sum, new float[] { 1, 2 })).Message;
        Assert.StartsWith("mean_squared_error: sample weights of shape [2]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vector_of_labels_fits_a_column_of_predictions()
    {
        using var scope = new TensorScope();
        NDArray labels = new[] { 0, 1, 1 }, prediction = new float[,] { { 0.2f }, { 0.7f }, { 0.4f } };
        float expected = new BinaryCrossentropy().Call(labels.Reshape((3, 1)), prediction).Item();
        Assert.Equal(expected, new BinaryCrossentropy().Call(labels, prediction).Item());
    }

    [Fact]
    public void Labels_that_are_no_classes_and_other_shapes_are_named()
    {
        using var scope = new TensorScope();
        Tensor prediction = Tensor.Ones((3, 4));
        string label = Assert.Throws<ArgumentException>(() => new SparseCategoricalCrossentropy().Call((NDArray)new[] { 0, 4, 1 }, prediction)).Message;
        Assert.Contains("label 4 of example 1 is not a class in 0..3", label, StringComparison.Ordinal);
        foreach (float wrong in new[] { 1.5f, float.NaN })
        {
            label = Assert.Throws<ArgumentException>(() => new SparseCategoricalCrossentropy().Call((NDArray)new[] { 0, wrong, 1 }, prediction)).Message;
            Assert.Contains($"label {wrong} of example 1 is not a class's number", label, StringComparison.Ordinal);
        }

        foreach (Loss loss in new Loss[]
        {
            new MeanSquaredError(), new MeanAbsoluteError(), new BinaryCrossentropy(), new BinaryFocalLoss(), new CategoricalCrossentropy(),
            new SparseCategoricalCrossentropy(),
        })
        {
            string shapes = Assert.Throws<ShapeMismatchException>(() => loss.Call(Tensor.Ones((2, 3)), prediction)).Message;
            Assert.StartsWith($"{loss.Name}: ", shapes, StringComparison.Ordinal);
            Assert.EndsWith("got yTrue [2, 3] and yPred [3, 4]", shapes, StringComparison.Ordinal);
        }
    }
}
