using Numerics.Tensors;

namespace Numerics.Nn.Tests;

public sealed class ClassWeightTests
{
    [Fact]
    public void Counts_of_all_kinds_of_labels()
    {
        Assert.Equal([2, 0, 1], ClassWeights.Counts(new[] { 0, 2, 0 }));
        Assert.Equal([2, 0, 1, 0], ClassWeights.Counts(new[] { 0, 2, 0 }, classes: 4));
        Assert.Equal([1, 2], ClassWeights.Counts(NDArray.From([3, 1], new float[] { 1, 0, 0.9f })));
        Assert.Equal([1, 1, 0], ClassWeights.Counts(new float[,] { { 1, 0, 0 }, { 0.1f, 0.8f, 0.1f } }));
        Assert.Equal([1, 2], ClassWeights.Counts(NDArray.From([3], new byte[] { 1, 0, 1 })));
        Assert.Equal([], ClassWeights.Counts(new NDArray(0)));
        Assert.Contains("label -1 of example 1", Error(() => ClassWeights.Counts(new[] { 0, -1 })), StringComparison.Ordinal);
        Assert.Contains("label 1.5 of example 0", Error(() => ClassWeights.Counts(new float[] { 1.5f })), StringComparison.Ordinal);
        Assert.Contains("label NaN", Error(() => ClassWeights.Counts(new float[] { float.NaN })), StringComparison.Ordinal);
        Assert.Contains("example 1", Error(() => ClassWeights.Counts(new float[,] { { 1, 0 }, { 1, 1 } })), StringComparison.Ordinal);
        Assert.Contains("example 0", Error(() => ClassWeights.Counts(new float[,] { { 1, float.NaN } })), StringComparison.Ordinal);
        Assert.Contains("example 0", Error(() => ClassWeights.Counts(new float[,] { { float.NaN, 1 } })), StringComparison.Ordinal);
        _ = Assert.Throws<ShapeMismatchException>(() => ClassWeights.Counts(new NDArray((2, 2, 2))));
    }

    [Fact]
    public void Balanced_weights_as_scikit_learn_has_them()
    {
        // compute_class_weight("balanced", classes=[0, 1], y=[1, 1, 1, 1, 0, 0]) is [1.5, 0.75].
        Assert.Equal([1.5f, 0.75f], ClassWeights.Balanced([2, 4]).OrderBy(pair => pair.Key).Select(pair => pair.Value));
        var random = new Random();
        int[] counts = [.. Enumerable.Range(0, 9).Select(_ => random.Next(1, 100_000))];
        IReadOnlyDictionary<int, float> weights = ClassWeights.Balanced(counts);
        for (int c = 0; c < counts.Length; c++)
            Assert.Equal(counts.Sum() / 9.0, (double)weights[c] * counts[c], counts.Sum() * 1e-7);
        Assert.Contains("class 1 has 0", Error(() => ClassWeights.Balanced([3, 0])), StringComparison.Ordinal);
        Assert.Contains("no classes", Error(() => ClassWeights.Balanced([])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.9999)]
    [InlineData(0.999999999)]
    public void Weights_by_effective_number(double beta)
    {
        var random = new Random();
        int[] counts = [1, .. Enumerable.Range(0, 5).Select(_ => random.Next(1, 5000))];
        // The effective number is 1 + β + β² + ...: a sum as in the paper's proof, not its closed form.
        double[] effective = [.. counts.Select(count => Enumerable.Range(0, count).Sum(i => Math.Pow(beta, i)))];
        double scale = counts.Length / effective.Sum(number => 1 / number);
        IReadOnlyDictionary<int, float> weights = ClassWeights.EffectiveNumber(counts, beta);
        for (int c = 0; c < counts.Length; c++)
            Assert.Equal(scale / effective[c], weights[c], 1e-5 * scale / effective[c]);
        Assert.Equal(counts.Length, weights.Values.Sum(weight => (double)weight), 1e-5);
    }

    [Fact]
    public void Effective_numbers_lie_between_equal_and_inverse_weights()
    {
        Assert.All(ClassWeights.EffectiveNumber([5, 700, 1], 0).Values, weight => Assert.Equal(1, weight));
        IReadOnlyDictionary<int, float> inverse = ClassWeights.EffectiveNumber([10, 90], 1 - 1e-13);
        Assert.Equal(1.8f, inverse[0], 1e-6f);
        Assert.Equal(0.2f, inverse[1], 1e-6f);
        foreach (double beta in new[] { 1, -0.1, double.NaN })
            _ = Assert.Throws<ArgumentOutOfRangeException>("beta", () => ClassWeights.EffectiveNumber([1], beta));
    }

    [Fact]
    public void A_model_begins_with_the_classes_shares()
    {
        int[] counts = [950, 40, 10];
        using var softmax = new Sequential
        {
            new Dense(3, Activation.Softmax, kernelInitializer: new Zeros(), biasInitializer: new Constant(ClassWeights.InitialBias(counts))),
        };
        float[] shares = softmax.Predict(RandomArrays.Signed(1, 4)).ToFloats();
        Assert.All(shares.Zip(counts), pair => Assert.Equal(pair.Second / 1000f, pair.First, 1e-6f));
        using var sigmoid = new Sequential
        {
            new Dense(1, Activation.Sigmoid, kernelInitializer: new Zeros(), biasInitializer: new Constant(ClassWeights.InitialBias([99, 1], sigmoid: true))),
        };
        Assert.Equal(0.01f, sigmoid.Predict(RandomArrays.Signed(1, 4)).ToFloats()[0], 1e-7f);
        Assert.Equal(Math.Log(1.0 / 99), ClassWeights.InitialBias([99, 1], sigmoid: true)[0], 1e-6);
        Assert.Contains("two classes", Error(() => ClassWeights.InitialBias(counts, sigmoid: true)), StringComparison.Ordinal);
        using var wrong = new Sequential { new Dense(2, biasInitializer: new Constant(ClassWeights.InitialBias(counts))) };
        Assert.Contains("[3]", Assert.Throws<ShapeMismatchException>(() => wrong.Predict(RandomArrays.Signed(1, 4))).Message, StringComparison.Ordinal);
    }

    private static string Error(Action action) => Assert.Throws<ArgumentException>(action).Message;
}
