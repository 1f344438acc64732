using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Fresh scores and labels of a classifier, and the ways of giving them to a metric.</summary>
internal sealed class RandomClassification
{
    private readonly Random _random;

    /// <summary>Draws examples.</summary>
    /// <param name="examples">How many.</param>
    /// <param name="columns">How many scores each has; one stands for two classes.</param>
    /// <param name="levels">How many different scores there are: few give many ties; 0 for any.</param>
    /// <param name="weighted">Whether examples have weights, some of them 0.</param>
    /// <param name="onlyClass">The class of every example; any when null.</param>
    public RandomClassification(int examples, int columns, int levels, bool weighted, int? onlyClass = null)
    {
        Seed = Random.Shared.Next();
        _random = new Random(Seed);
        Columns = columns;
        Labels = [.. Enumerable.Range(0, examples).Select(_ => onlyClass ?? _random.Next(Math.Max(columns, 2)))];
        Scores = [.. Labels.Select(_ => Row(levels))];
        Weights = weighted ? [.. Labels.Select((_, i) => i % 7 == 3 ? 0 : _random.NextSingle() * 3)] : null;
    }

    public int Seed { get; }

    public int Columns { get; }

    public int Examples => Labels.Length;

    public int Classes => Math.Max(Columns, 2);

    public int[] Labels { get; }

    public float[][] Scores { get; }

    public float[]? Weights { get; }

    public double Weight(int example) => Weights?[example] ?? 1;

    /// <summary>The class that an example is taken for.</summary>
    public int Predicted(int example) => Columns == 1
        ? (Scores[example][0] > 0.5f ? 1 : 0)
        : Array.IndexOf(Scores[example], Scores[example].Max());

    /// <summary>Whether an example is of a column's class.</summary>
    public bool IsPositive(int example, int column) => Labels[example] == (Columns == 1 ? 1 : column);

    /// <summary>Gives examples to a metric.</summary>
    public void Feed(Metric metric, int start, int count, bool oneHot)
    {
        using var scope = new TensorScope();
        int[] labels = Labels[start..(start + count)];
        float[] scores = [.. Scores.Skip(start).Take(count).SelectMany(row => row)];
        NDArray yTrue = Columns == 1 ? NDArray.From([count, 1], [.. labels.Select(label => (float)label)])
            : oneHot ? NDArray.From([count, Columns], [.. labels.SelectMany(label => Enumerable.Range(0, Columns).Select(c => c == label ? 1f : 0))])
            : (NDArray)labels;
        Tensor? weights = Weights is null ? null : Tensor.From(count, Weights.AsSpan(start, count));
        metric.UpdateState(yTrue, NDArray.From([count, Columns], scores), weights);
    }

    /// <summary>Compares a metric with its definition, in one go and in batches of random sizes, with both kinds of labels.</summary>
    public void Check(Metric metric, double expected, double tolerance = 1e-9)
    {
        string what = $"{metric.Name} of {Examples} x {Columns}, seed {Seed}";
        Feed(metric, 0, Examples, oneHot: true);
        double atOnce = metric.Result();
        Assert.True(Math.Abs(expected - atOnce) <= tolerance, $"{what}: expected {expected:R}, got {atOnce:R}");
        metric.ResetState();
        Assert.Equal(0, metric.Result());
        for (int start = 0, count; start < Examples; start += count)
        {
            count = Math.Min(_random.Next(1, 1 + (Examples / 3) + 1), Examples - start);
            Feed(metric, start, count, oneHot: _random.Next(2) == 0);
            _ = metric.Result();
        }

        Assert.True(Math.Abs(atOnce - metric.Result()) <= 1e-12, $"{what}: {atOnce:R} at once, {metric.Result():R} in batches");
        metric.ResetState();
    }

    // Probabilities; ties within and between rows where there are few levels.
    private float[] Row(int levels)
    {
        float Draw() => levels == 0 ? _random.NextSingle() : _random.Next(levels) / (float)levels;
        if (Columns == 1)
            return [Draw()];
        float[] row = [.. Enumerable.Range(0, Columns).Select(_ => Draw() + 0.01f)];
        return levels == 0 ? [.. row.Select(score => score / row.Sum())] : [.. row.Select(score => score / 2)];
    }
}
