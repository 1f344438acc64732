using System.Globalization;
using System.Text.RegularExpressions;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs;
using Numerics.Samples.CatsVsDogs.Benchmark;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>What <c>bench</c> counts and prints; how long anything takes is nobody's business here.</summary>
public sealed class BenchTests
{
    [Fact]
    public void A_training_step_of_32_pictures_is_25_GFLOP()
    {
        using Sequential model = Network.Create();
        IReadOnlyList<LayerArithmetic> layers = LayerArithmetic.Of(model, 32);
        Assert.Equal(["conv2d", "conv2d_1", "conv2d_2", "dense", "dense_1"], layers.Select(layer => layer.Name));

        // 222·222 outputs of 3·3·3·16 weights, two operations each; its input is data and needs no gradient.
        Assert.Equal(32L * 2 * 222 * 222 * 3 * 3 * 3 * 16, layers[0].Forward);
        Assert.Equal(layers[0].Forward, layers[0].Backward);
        Assert.Equal(32L * 2 * 43264 * 256, layers[3].Forward);
        Assert.Equal(2 * layers[3].Forward, layers[3].Backward);
        Assert.Equal(24.9, layers.Sum(layer => layer.Forward + layer.Backward) / 1e9, 0.05);
    }

    [Fact]
    public void It_prints_the_step_the_peak_the_floor_and_their_ratio()
    {
        Outcome outcome = Catsvsdogs.Run("bench", "--batch", "2", "--steps", "2");
        outcome.AssertSucceeded();
        Assert.Contains("11,099,938 parameters, batch 2", outcome.Out, StringComparison.Ordinal);
        double step = Figure(outcome.Out, "training step", "ms"), peak = Figure(outcome.Out, "peak", "GFLOP/s");
        double arithmetic = Figure(outcome.Out, "arithmetic", "GFLOP"), floor = Figure(outcome.Out, "floor", "ms");
        Assert.Equal(24.9 / 16, arithmetic, 0.06);
        Assert.Equal(arithmetic / peak * 1000, floor, 0.1 + (0.1 * floor));
        Assert.Equal(step / floor, Figure(outcome.Out, "step / floor", "times"), 0.01 + (0.02 * step / floor));
        Assert.True(Figure(outcome.Out, "step within fit", "ms") > 0);
        Assert.True(Figure(outcome.Out, "predict", "ms") > 0);
        Assert.True(Figure(outcome.Out, "predict, batch 1", "ms") > 0);
        Assert.True(Figure(outcome.Out, "peak memory", "MiB") > 178);
        Assert.DoesNotContain("rest", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_parts_of_a_profile_add_up_to_the_step()
    {
        Outcome outcome = Catsvsdogs.Run("bench", "--batch", "2", "--steps", "3", "--threads", "1", "--profile");
        outcome.AssertSucceeded();
        Assert.Contains("1 thread,", outcome.Out, StringComparison.Ordinal);
        string[] lines = outcome.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] parts = [.. lines.SkipWhile(line => !line.StartsWith("part ", StringComparison.Ordinal)).Skip(1)];
        string[] expected =
        [
            "upload", "forward  conv2d + max_pooling2d", "forward  dense", "loss     categorical_focal_loss", "backward categorical_focal_loss",
            "backward dense_1", "backward conv2d + max_pooling2d", "update   conv2d", "gradient+update dense", "metrics", "rest", "step",
        ];
        foreach (string part in expected)
            Assert.Single(parts, line => Regex.IsMatch(line, $"^{Regex.Escape(part)} +-?[0-9]"));
        double[] times = [.. parts.Select(line => double.Parse(Regex.Match(line[36..], "-?[0-9.]+").Value, CultureInfo.InvariantCulture))];
        Assert.Equal(times[^1], times[..^1].Sum(), 0.3);
    }

    [Theory]
    [InlineData("--batch", "0")]
    [InlineData("--steps", "none")]
    [InlineData("--threads", "-1")]
    public void A_bad_number_is_named(string option, string value) => Catsvsdogs.Run("bench", option, value).AssertFailed(2, option, $"'{value}'");

    [Fact]
    public void A_cancelled_run_stops()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.Equal(130, Catsvsdogs.Run(cancellation.Token, "bench").Code);
    }

    private static double Figure(string output, string name, string unit)
    {
        Match match = Regex.Match(output, $"^{Regex.Escape(name)} +([0-9.]+)( {Regex.Escape(unit)}\\b)", RegexOptions.Multiline);
        Assert.True(match.Success, $"no {name} in {unit}: {output}");
        return double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }
}
