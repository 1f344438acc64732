using System.Text.Json;
using SkiaSharp;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>What a training leaves behind, and what predict makes of it.</summary>
public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_training_leaves_its_history_pictures_report_options_and_model()
    {
        string data = _folder.WriteDrawings("data", 8), weights = _folder["net.safetensors"];
        string config = _folder.Write("options.json", "{ \"epochs\": 2, \"batch_size\": 8, \"validation-split\": 0.5, \"learning-rate\": 0.0005 /* slow */, }"u8);
        Outcome outcome = Catsvsdogs.Run("train", "--config", config, "--data", data, "--epochs", "3", "--output", weights);
        outcome.AssertSucceeded();
        string run = _folder["net-run"];
        Assert.Contains(Path.Combine(run, "report.html"), outcome.Out, StringComparison.Ordinal);
        Assert.Equal(
            ["config.json", "confusion.png", "curves.png", "history.csv", "mistakes.png", "model.safetensors", "report.html"],
            Directory.GetFileSystemEntries(run).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        string[] rows = File.ReadAllLines(Path.Combine(run, "history.csv"));
        Assert.Equal("epoch,loss,accuracy,val_loss,val_accuracy", rows[0]);
        Assert.Equal(["1", "2", "3"], rows[1..].Select(row => row.Split(',')[0]));

        using JsonDocument options = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "config.json")));
        Assert.Equal(3, options.RootElement.GetProperty("epochs").GetInt32());
        Assert.Equal(8, options.RootElement.GetProperty("batch-size").GetInt32());
        Assert.True(File.ReadAllBytes(weights).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(run, "model.safetensors"))));

        using SKBitmap curves = SKBitmap.Decode(Path.Combine(run, "curves.png")), mistakes = SKBitmap.Decode(Path.Combine(run, "mistakes.png"));
        Assert.True(curves.Width > curves.Height && curves.Pixels.Distinct().Count() > 20);
        Assert.True(mistakes.Width > 200);

        string page = File.ReadAllText(Path.Combine(run, "report.html"));
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
        Assert.Equal(3, page.Split("data:image/png;base64,").Length - 1);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);

        // The options of the run give the same run again.
        Catsvsdogs.Run("train", "--config", Path.Combine(run, "config.json"), "--output", _folder["again"], "--run-dir", _folder["again-run"]).AssertSucceeded();
        Assert.True(File.ReadAllBytes(weights).AsSpan().SequenceEqual(File.ReadAllBytes(_folder["again"])));
    }

    [Fact]
    public void Predictions_are_JSON_and_heat_maps_where_that_is_asked_for()
    {
        string data = _folder.WriteDrawings("data", 2), weights = _folder["net.safetensors"], heat = _folder["heat"];
        Catsvsdogs.Run("train", "--data", data, "--epochs", "1", "--validation-split", "0", "--output", weights).AssertSucceeded();
        string cat = Path.Combine(data, "Cat", "1.jpg"), dog = Path.Combine(data, "Dog", "1.jpg");
        Outcome outcome = Catsvsdogs.Run("predict", "--weights", weights, "--json", "--grad-cam", heat, cat, dog);
        outcome.AssertSucceeded();
        using JsonDocument answers = JsonDocument.Parse(outcome.Out);
        Assert.Equal([cat, dog], answers.RootElement.EnumerateArray().Select(answer => answer.GetProperty("file").GetString()!));
        foreach (JsonElement answer in answers.RootElement.EnumerateArray())
        {
            JsonElement shares = answer.GetProperty("probabilities");
            double first = shares.GetProperty("cat").GetDouble(), second = shares.GetProperty("dog").GetDouble();
            Assert.Equal(1, first + second, 1e-5);
            Assert.Equal(first > second ? "cat" : "dog", answer.GetProperty("class").GetString());
            using SKBitmap map = SKBitmap.Decode(answer.GetProperty("heat_map").GetString());
            Assert.True(map.Width > 2 * 224);
        }

        Assert.Equal(2, Directory.GetFiles(heat).Length);
    }

    [Fact]
    public void Files_of_options_that_make_no_sense_are_named()
    {
        string bad = _folder.Write("bad.json", "{ epochs"u8), list = _folder.Write("list.json", "[1]"u8), deep = _folder.Write("deep.json", "{\"epochs\": [1]}"u8);
        Catsvsdogs.Run("train", "--config", bad).AssertFailed(1, bad, "not JSON");
        Catsvsdogs.Run("train", "--config", list).AssertFailed(1, list, "object");
        Catsvsdogs.Run("train", "--config", deep).AssertFailed(1, deep, "epochs");
        Catsvsdogs.Run("train", "--config", _folder["none.json"]).AssertFailed(1, "none.json");
        Catsvsdogs.Run("train", "--config").AssertFailed(2, "--config");
    }

    [Fact]
    public void Summary_shows_the_layers()
    {
        Outcome outcome = Catsvsdogs.Run("summary");
        outcome.AssertSucceeded();
        Assert.Contains("│ dense (Dense)                   │ (None, 256)            │    11,075,840 │", outcome.Out, StringComparison.Ordinal);
    }
}
