using System.Text.Json;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>Results for other programs: one JSON document on the output and nothing else.</summary>
public sealed class JsonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Training_and_evaluation()
    {
        string data = _folder.WriteDrawings("data", 6), weights = _folder["net.safetensors"];
        _ = _folder.Write("data/Cat/broken.jpg", "no picture"u8);
        Outcome trained = Catsvsdogs.Run("train", "--data", data, "--validation-split", "0.5", "--epochs", "2", "--batch-size", "4", "--output", weights, "--json");
        Assert.Equal(0, trained.Code);
        Assert.Contains("epoch 2/2  loss", trained.Error, StringComparison.Ordinal);
        using JsonDocument training = JsonDocument.Parse(trained.Out);
        JsonElement root = training.RootElement;
        Assert.Equal(weights, root.GetProperty("weights").GetString());
        Assert.True(File.Exists(root.GetProperty("report").GetString()));
        JsonElement[] epochs = [.. root.GetProperty("epochs").EnumerateArray()];
        string[] rows = File.ReadAllLines(_folder["net-run/history.csv"]);
        Assert.Equal(rows[0].Split(','), epochs[0].EnumerateObject().Select(value => value.Name));
        for (int epoch = 0; epoch < 2; epoch++)
        {
            double[] expected = [.. rows[epoch + 1].Split(',').Select(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture))];
            Assert.Equal(expected, epochs[epoch].EnumerateObject().Select(value => value.Value.GetDouble()));
        }

        JsonElement held = root.GetProperty("held_out");
        Assert.Equal(epochs[1].GetProperty("val_loss").GetDouble(), held.GetProperty("loss").GetDouble());
        JsonElement left = Assert.Single(root.GetProperty("left_out").EnumerateArray());
        Assert.EndsWith("broken.jpg", left.GetProperty("file").GetString(), StringComparison.Ordinal);

        Outcome evaluated = Catsvsdogs.Run("evaluate", "--weights", weights, "--data", data, "--json", "--plots", _folder["plots"]);
        evaluated.AssertSucceeded();
        using JsonDocument evaluation = JsonDocument.Parse(evaluated.Out);
        root = evaluation.RootElement;
        Assert.Equal(12, root.GetProperty("pictures").GetInt32());
        double[][] confusion = [.. root.GetProperty("confusion").EnumerateArray().Select(row => row.EnumerateArray().Select(count => count.GetDouble()).ToArray())];
        Assert.Equal(12, confusion.Sum(row => row.Sum()));
        Assert.Equal((confusion[0][0] + confusion[1][1]) / 12, root.GetProperty("accuracy").GetDouble(), 1e-12);
        Assert.Equal(confusion[1][1] / 6, root.GetProperty("classes").GetProperty("dog").GetProperty("recall").GetDouble(), 1e-12);
        Assert.InRange(root.GetProperty("roc_auc").GetDouble(), 0, 1);
        Assert.Equal(3, Directory.GetFiles(_folder["plots"]).Length);
        Assert.Equal(1, root.GetProperty("left_out").GetArrayLength());
    }

    [Fact]
    public void The_machine()
    {
        Outcome outcome = Catsvsdogs.Run("info", "--json");
        outcome.AssertSucceeded();
        using JsonDocument info = JsonDocument.Parse(outcome.Out);
        Assert.Equal("cpu", info.RootElement.GetProperty("backend").GetProperty("name").GetString());
        Assert.Equal(Environment.ProcessorCount, info.RootElement.GetProperty("cores").GetInt32());
        Assert.NotEqual(0, info.RootElement.GetProperty("cuda").GetArrayLength());
        Assert.False(info.RootElement.GetProperty("weights").GetProperty("exists").GetBoolean());
    }

    [Theory]
    [InlineData("--help", "catsvsdogs train")]
    [InlineData("train --help", "--resume --run-dir")]
    [InlineData("predict --help", "--grad-cam heat")]
    [InlineData("evaluate -h", "--plots plots")]
    [InlineData("info --help", "info --json")]
    public void Help_has_examples(string arguments, string expected)
    {
        Outcome outcome = Catsvsdogs.Run(arguments.Split(' '));
        outcome.AssertSucceeded();
        Assert.Contains("Example", outcome.Out, StringComparison.Ordinal);
        Assert.Contains(expected, outcome.Out[outcome.Out.IndexOf("Example", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }
}
