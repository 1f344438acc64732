using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Fresh targets and predictions of numbers, and the ways of giving them to a metric.</summary>
internal sealed class RandomRegression
{
    private readonly Random _random;
    private readonly int _seed = Random.Shared.Next();

    /// <summary>Draws examples.</summary>
    /// <param name="examples">How many.</param>
    /// <param name="values">How many numbers each has.</param>
    /// <param name="weighted">Whether examples have weights, some of them 0.</param>
    public RandomRegression(int examples, int values, bool weighted)
    {
        _random = new Random(_seed);

        // Targets stay away from 0, by which a percentage divides.
        float Away() => (0.2f + (2 * _random.NextSingle())) * (_random.Next(3) == 0 ? -1 : 1);
        Truth = [.. Enumerable.Range(0, examples).Select(_ => Enumerable.Range(0, values).Select(_ => Away()).ToArray())];
        Predictions = [.. Truth.Select(row => row.Select(y => y + _random.NextSingle() - 0.5f).ToArray())];
        Weights = weighted ? [.. Truth.Select((_, i) => i % 5 == 2 ? 0 : 0.1f + (3 * _random.NextSingle()))] : null;
    }

    public float[][] Truth { get; }

    public float[][] Predictions { get; }

    public float[]? Weights { get; }

    public double Weight(int example) => Weights?[example] ?? 1;

    /// <summary>The rows one after the other.</summary>
    public float[] Flat(float[][] rows) => [.. rows.SelectMany(row => row)];

    /// <summary>The weighted mean of a function of target and prediction.</summary>
    public double Mean(Func<double[], double[], double> function)
    {
        double sum = 0, all = 0;
        for (int i = 0; i < Truth.Length; i++)
        {
            sum += Weight(i) * function([.. Truth[i].Select(y => (double)y)], [.. Predictions[i].Select(p => (double)p)]);
            all += Weight(i);
        }

        return sum / all;
    }

    /// <summary>Gives examples to a metric.</summary>
    public void Feed(Metric metric, int start, int count)
    {
        using var scope = new TensorScope();
        int values = Truth[0].Length;
        NDArray yTrue = NDArray.From((count, values), Flat(Truth[start..(start + count)])), yPred = NDArray.From((count, values), Flat(Predictions[start..(start + count)]));
        metric.UpdateState(yTrue, yPred, Weights is null ? null : Tensor.From(count, Weights.AsSpan(start, count)));
    }

    /// <summary>Compares a metric with its definition, in one go and in batches of random sizes.</summary>
    public void Check(Metric metric, double expected, double tolerance = 1e-6)
    {
        string what = $"{metric.Name} of {Truth.Length} x {Truth[0].Length}, seed {_seed}";
        Feed(metric, 0, Truth.Length);
        double atOnce = metric.Result();
        Assert.True(Math.Abs(expected - atOnce) <= tolerance * Math.Max(1, Math.Abs(expected)), $"{what}: expected {expected:R}, got {atOnce:R}");
        metric.ResetState();
        Assert.Equal(0, metric.Result());
        for (int start = 0, count; start < Truth.Length; start += count)
        {
            count = Math.Min(_random.Next(1, 2 + (Truth.Length / 3)), Truth.Length - start);
            Feed(metric, start, count);
            _ = metric.Result();
        }

        Assert.True(Math.Abs(expected - metric.Result()) <= tolerance * Math.Max(1, Math.Abs(expected)), $"{what}: expected {expected:R}, got {metric.Result():R} in batches");
        metric.ResetState();
    }
}
