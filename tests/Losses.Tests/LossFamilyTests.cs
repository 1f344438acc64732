using Numerics.Tensors;

namespace Numerics.Losses.Tests;

/// <summary>The rest of the family against its formulas in double precision on fresh random inputs.</summary>
public sealed class LossFamilyTests
{
    private const int Rows = 9;
    private const int Columns = 5;

    private readonly float[] _p;
    private readonly float[] _y;

    public LossFamilyTests()
    {
        var random = new Random();
        _p = [.. Enumerable.Range(0, Rows * Columns).Select(_ => 0.02f + (random.NextSingle() * 0.96f))];
        _y = [.. Enumerable.Range(0, Rows * Columns).Select(_ => (float)random.Next(2))];
    }

    [Fact]
    public void Asymmetric()
    {
        double expected = Rowwise((y, p) =>
        {
            double shifted = Math.Max(p - 0.05, 0);
            return y == 1 ? -Math.Pow(1 - p, 1) * Math.Log(p) : -Math.Pow(shifted, 4) * Math.Log(1 - shifted);
        }).Average();
        Same(expected, new AsymmetricLoss());
        Same(expected, new AsymmetricLoss(fromLogits: true), logits: true);
    }

    [Fact]
    public void Asymmetric_with_equal_exponents_and_no_margin_is_the_focal_loss()
    {
        using var scope = new TensorScope();
        Assert.Equal(
            new BinaryFocalLoss(gamma: 2).Call(Array2D(_y), Array2D(_p)).Item() * Columns,
            new AsymmetricLoss(2, 2, 0).Call(Array2D(_y), Array2D(_p)).Item(),
            1e-5f);
    }

    [Fact]
    public void Binary_focal_with_weights()
    {
        double expected = Rowwise((y, p) =>
        {
            double wrong = y == 1 ? 1 - p : p, alpha = y == 1 ? 0.3 : 0.7;
            return alpha * Math.Pow(wrong, 1.5) * (y == 1 ? -4 * Math.Log(p) : -Math.Log(1 - p)) / Columns;
        }).Average();
        Same(expected, new BinaryFocalLoss(0.3f, 1.5f, posWeight: 4));
        Same(expected, new BinaryFocalLoss(0.3f, 1.5f, posWeight: 4, fromLogits: true), logits: true);
    }

    [Fact]
    public void Poly_1()
    {
        using var scope = new TensorScope();
        float[] labels = [.. Enumerable.Range(0, Rows * Columns).Select(i => i % Columns == i / Columns % Columns ? 1f : 0f)];
        double expected = 0;
        for (int i = 0; i < labels.Length; i++)
            expected += labels[i] * ((0.25 * Math.Pow(1 - _p[i], 2) * -Math.Log(_p[i])) + (1.5 * Math.Pow(1 - _p[i], 3))) / Rows;
        Assert.Equal(expected, new Poly1FocalLoss(1.5f).Call(Array2D(labels), Array2D(_p)).Item(), 1e-5);
        Assert.Equal(
            new CategoricalFocalLoss().Call(Array2D(labels), Array2D(_p)).Item(), new Poly1FocalLoss(0).Call(Array2D(labels), Array2D(_p)).Item());
    }

    [Fact]
    public void Overlaps()
    {
        double[] both = Rowwise((y, p) => y * p), labels = Rowwise((y, _) => y), predictions = Rowwise((_, p) => p);
        Same(both.Zip(labels, predictions).Average(t => 1 - (2 * t.First / (t.Second + t.Third + 1e-7))), new DiceLoss(axis: [1]));
        Same(1 - (2 * both.Sum() / (labels.Sum() + predictions.Sum() + 1e-7)), new DiceLoss());
        Same(
            both.Zip(labels, predictions).Average(t => 1 - (t.First / (t.First + (0.3 * (t.Third - t.First)) + (0.7 * (t.Second - t.First)) + 1e-7))),
            new TverskyLoss(0.3f, 0.7f, axis: [-1]));
        Same(1 - (2 * both.Sum() / (labels.Sum() + predictions.Sum() + 1e-7)), new TverskyLoss());
    }

    [Fact]
    public void Huber()
    {
        // Keras' example: errors 0.6, 0.4, 0.4, 0.6 are all in the quadratic part.
        using var scope = new TensorScope();
        NDArray target = new float[,] { { 0, 1 }, { 0, 0 } };
        Assert.Equal(0.155f, new HuberLoss().Call(target, (NDArray)new float[,] { { 0.6f, 0.4f }, { 0.4f, 0.6f } }).Item(), 1e-6f);
        Same(Rowwise((y, p) => (Math.Abs(y - p) <= 0.3 ? (y - p) * (y - p) / 2 : 0.3 * (Math.Abs(y - p) - 0.15)) / Columns).Average(), new HuberLoss(0.3f));
    }

    [Fact]
    public void Losses_of_distributions_counts_and_errors()
    {
        const double Least = 1e-7;
        Same(Rowwise((y, p) => Math.Clamp(y, Least, 1) * Math.Log(Math.Clamp(y, Least, 1) / p)).Average(), new KLDivergence());
        Same(Rowwise((y, p) => Math.Log(Math.Cosh(p - y)) / Columns).Average(), new LogCosh());
        Same(Rowwise((y, p) => (p - (y * Math.Log(p + Least))) / Columns).Average(), new Poisson());
        Same(Rowwise((y, p) => 100 * Math.Abs(y - p) / Math.Max(y, Least) / Columns).Average(), new MeanAbsolutePercentageError());
        Same(Rowwise((y, p) => Math.Pow(Math.Log(1 + y) - Math.Log(1 + p), 2) / Columns).Average(), new MeanSquaredLogarithmicError());
        double[] both = Rowwise((y, p) => y * p), labels = Rowwise((y, _) => y * y), predictions = Rowwise((_, p) => p * p);
        Same(both.Zip(labels, predictions).Average(t => t.Second == 0 ? 0 : -t.First / Math.Sqrt(t.Second * t.Third)), new CosineSimilarity());
    }

    [Fact]
    public void Losses_of_margins()
    {
        // Zeros and ones stand for -1 and 1.
        Same(Rowwise((y, p) => Math.Max(1 - (((2 * y) - 1) * p), 0) / Columns).Average(), new Hinge());
        Same(Rowwise((y, p) => Math.Pow(Math.Max(1 - (((2 * y) - 1) * p), 0), 2) / Columns).Average(), new SquaredHinge());
        using var scope = new TensorScope();
        Assert.Equal(
            new Hinge().Call(Array2D(_y), Array2D(_p)).Item(),
            new Hinge().Call(Array2D([.. _y.Select(y => (2 * y) - 1)]), Array2D(_p)).Item(),
            1e-6f);

        // With a third label the others are what they are.
        NDArray mixed = new float[,] { { 2, 0, 1 } }, scores = new float[,] { { 0.25f, 3, 0.5f } };
        Assert.Equal((0.5f + 1 + 0.5f) / 3, new Hinge().Call(mixed, scores).Item(), 1e-6f);
        NDArray none = new NDArray((0, 3));
        Assert.Equal(0, new Hinge().Call(none, none).Item());
    }

    // The examples of Keras' documentation.
    [Fact]
    public void Numbers_of_Keras()
    {
        using var scope = new TensorScope();
        NDArray labels = new float[,] { { 0, 1 }, { 0, 0 } }, p = new float[,] { { 0.6f, 0.4f }, { 0.4f, 0.6f } };
        NDArray counts = new float[,] { { 1, 1 }, { 0, 0 } }, more = new float[,] { { 1, 1 }, { 1, 0 } };
        Assert.Equal(0.458f, new KLDivergence().Call(labels, p).Item(), 1e-3f);
        Assert.Equal(1.3f, new Hinge().Call(labels, p).Item(), 1e-5f);
        Assert.Equal(1.86f, new SquaredHinge().Call(labels, p).Item(), 1e-5f);
        Assert.Equal(1.4f, new CategoricalHinge().Call(labels, p).Item(), 1e-5f);
        Assert.Equal(0.49999997f, new Poisson().Call(labels, counts).Item(), 1e-5f);
        Assert.Equal(0.108f, new LogCosh().Call(labels, counts).Item(), 1e-3f);
        Assert.Equal(-0.5f, new CosineSimilarity().Call((NDArray)new float[,] { { 0, 1 }, { 1, 1 } }, (NDArray)new float[,] { { 1, 0 }, { 1, 1 } }).Item(), 1e-3f);
        Assert.Equal(50f, new MeanAbsolutePercentageError().Call((NDArray)new float[,] { { 2, 1 }, { 2, 3 } }, more).Item(), 1e-4f);
        Assert.Equal(0.24022651f, new MeanSquaredLogarithmicError().Call(labels, more).Item(), 1e-5f);
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        Assert.Equal("clip", Assert.Throws<ArgumentOutOfRangeException>(() => new AsymmetricLoss(clip: 1)).ParamName);
        Assert.Equal("gammaNegative", Assert.Throws<ArgumentOutOfRangeException>(() => new AsymmetricLoss(gammaNegative: -1)).ParamName);
        Assert.Equal("gammaPositive", Assert.Throws<ArgumentOutOfRangeException>(() => new AsymmetricLoss(gammaPositive: float.NaN)).ParamName);
        Assert.Equal("posWeight", Assert.Throws<ArgumentOutOfRangeException>(() => new BinaryFocalLoss(posWeight: -1)).ParamName);
        Assert.Equal("alpha", Assert.Throws<ArgumentOutOfRangeException>(() => new SigmoidFocalLoss(alpha: -1)).ParamName);
        Assert.Equal("epsilon", Assert.Throws<ArgumentOutOfRangeException>(() => new Poly1FocalLoss(epsilon: -2)).ParamName);
        Assert.Equal("alpha", Assert.Throws<ArgumentOutOfRangeException>(() => new Poly1FocalLoss(alpha: -2)).ParamName);
        Assert.Equal("beta", Assert.Throws<ArgumentOutOfRangeException>(() => new TverskyLoss(beta: -2)).ParamName);
        Assert.Equal("delta", Assert.Throws<ArgumentOutOfRangeException>(() => new HuberLoss(0)).ParamName);
        Assert.Equal("alpha", Assert.Throws<ArgumentOutOfRangeException>(() => new SparseCategoricalFocalLoss([1, -1])).ParamName);
        Assert.Equal("gamma", Assert.Throws<ArgumentOutOfRangeException>(() => new SparseCategoricalFocalLoss(gamma: -1)).ParamName);
        Assert.Equal("gradient", Assert.Throws<ArgumentOutOfRangeException>(() => new CategoricalFocalLoss(gradient: (FocalGradient)7)).ParamName);
    }

    private static NDArray Array2D(float[] values) => NDArray.From([Rows, Columns], values);

    private double[] Rowwise(Func<double, double, double> f) =>
        [.. Enumerable.Range(0, Rows).Select(row => Enumerable.Range(row * Columns, Columns).Sum(i => f(_y[i], _p[i])))];

    private void Same(double expected, Loss loss, bool logits = false)
    {
        using var scope = new TensorScope();
        float[] prediction = logits ? [.. _p.Select(p => (float)Math.Log(p / (1.0 - p)))] : _p;
        Assert.Equal(expected, loss.Call(Array2D(_y), Array2D(prediction)).Item(), 1e-5 * (1 + expected));
    }
}
