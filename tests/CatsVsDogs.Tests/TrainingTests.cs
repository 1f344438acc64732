using System.Globalization;
using System.Text.RegularExpressions;
using Numerics.Samples.CatsVsDogs.Drawings;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>From pictures to weights to predictions, on a few drawings.</summary>
public sealed partial class TrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Training_on_pictures_learns_them_and_evaluation_and_prediction_agree()
    {
        string data = _folder.WriteDrawings("data", 12), weights = _folder["weights.safetensors"];
        Outcome trained = Catsvsdogs.Run(
            "train", "--data", data, "--epochs", "14", "--batch-size", "8", "--learning-rate", "0.0005", "--validation-split", "0", "--output", weights);
        trained.AssertSucceeded();
        Assert.Contains("11,099,938", trained.Out, StringComparison.Ordinal);
        Assert.InRange(FirstLoss(trained), 0.02, 0.09);
        Assert.Equal(3, Directory.GetFileSystemEntries(_folder.Path).Length);

        Outcome evaluated = Catsvsdogs.Run("evaluate", "--weights", weights, "--data", data);
        evaluated.AssertSucceeded();
        double accuracy = Accuracy(evaluated);
        Assert.InRange(accuracy, 90, 100);
        Assert.Matches($"\\naccuracy +{accuracy / 100:F3} +24\\n", evaluated.Out);
        Assert.Matches("\\ncat +[01].[0-9]{3} .* 12\\ndog .* 12\\n", evaluated.Out);
        Assert.Matches("\\nPR-AUC .*cat [01].[0-9]{4}, dog [01].[0-9]{4}", evaluated.Out);

        string plots = _folder["plots/of-all"];
        Outcome drawn = Catsvsdogs.Run("evaluate", "--weights", weights, "--data", data, "--plots", plots);
        drawn.AssertSucceeded();
        Assert.StartsWith(evaluated.Out, drawn.Out, StringComparison.Ordinal);
        Assert.Equal(["confusion.png", "pr.png", "roc.png"], Directory.GetFiles(plots).Select(Path.GetFileName).Order());
        Catsvsdogs.Run("evaluate", "--weights", weights, "--data", data, "--plots", weights).AssertFailed(1, weights, "a file", "--plots");

        string[] files = [.. Directory.GetFiles(data, "*.jpg", SearchOption.AllDirectories).Order()];
        Outcome predicted = Catsvsdogs.RunProcess(["predict", "--weights", weights, .. files]);
        predicted.AssertSucceeded();
        string[] lines = predicted.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(files.Length, lines.Length);
        int right = 0;
        for (int i = 0; i < files.Length; i++)
        {
            Assert.Contains(files[i], lines[i], StringComparison.Ordinal);
            double[] shares = [.. Percentage().Matches(lines[i]).Select(match => Number(match))];
            Assert.Equal(100, shares.Sum(), 0.11);
            right += files[i].Contains("Cat", StringComparison.Ordinal) == shares[0] > shares[1] ? 1 : 0;
        }

        Assert.Equal(accuracy, 100.0 * right / files.Length, 0.06);
    }

    [Fact]
    public void Without_photographs_it_draws_says_so_and_tests_on_held_out_drawings()
    {
        string drawings = _folder["drawings"], weights = _folder["weights.safetensors"];
        DrawingSet.Create(drawings, training: 20, heldOut: 8, _ => { }, default);
        Outcome outcome = Catsvsdogs.RunProcess("train", "--drawings", drawings, "--epochs", "1", "--output", weights);
        outcome.AssertSucceeded();
        Assert.Contains("drawings, not photographs", outcome.Out, StringComparison.Ordinal);
        Assert.Matches("held-out accuracy [0-9.]+ % of 8 ", outcome.Out);
        Assert.True(File.Exists(weights));
    }

    [Fact]
    public void A_batch_may_be_larger_than_the_data_and_a_limit_holds_for_each_class()
    {
        string data = _folder.WriteDrawings("data", 5), weights = _folder["weights.safetensors"];
        Outcome outcome = Catsvsdogs.Run(
            "train", "--data", data, "--validation-data", data, "--limit", "3", "--batch-size", "500", "--epochs", "2", "--output", weights);
        outcome.AssertSucceeded();
        Assert.Contains("6 pictures", outcome.Out, StringComparison.Ordinal);
        Assert.Matches("held-out accuracy [0-9.]+ % of 6 ", outcome.Out);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_for_any_number_of_threads()
    {
        string data = _folder.WriteDrawings("data", 6);
        foreach (string threads in (string[])["1", "3"])
        {
            Catsvsdogs.RunProcess(
                "train", "--data", data, "--epochs", "1", "--batch-size", "4", "--seed", "5", "--threads", threads, "--output", _folder[threads]).AssertSucceeded();
        }

        Assert.True(File.ReadAllBytes(_folder["1"]).AsSpan().SequenceEqual(File.ReadAllBytes(_folder["3"])));
    }

    [Fact]
    public void A_picture_that_cannot_be_read_is_named_and_the_others_are_predicted()
    {
        string data = _folder.WriteDrawings("data", 2), weights = _folder["weights.safetensors"];
        Catsvsdogs.Run("train", "--data", data, "--epochs", "1", "--validation-split", "0", "--output", weights).AssertSucceeded();
        string text = _folder.Write("text.jpg", "text"u8), missing = _folder["missing.jpg"], cat = Path.Combine(data, "Cat", "1.jpg");
        Outcome outcome = Catsvsdogs.Run("predict", "--weights", weights, text, cat, missing);
        outcome.AssertFailed(1, text, missing);
        Assert.Contains(cat, outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(text, outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_run_writes_nothing()
    {
        string data = _folder.WriteDrawings("data", 4);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Outcome outcome = Catsvsdogs.Run(cancellation.Token, "train", "--data", data, "--output", _folder["weights.safetensors"]);
        Assert.Equal(130, outcome.Code);
        Assert.Equal(data, Assert.Single(Directory.GetFileSystemEntries(_folder.Path)));
    }

    private static double FirstLoss(Outcome outcome) => Number(Regex.Match(outcome.Out, "loss ([0-9.]+)"));

    private static double Accuracy(Outcome outcome) => Number(Regex.Match(outcome.Out, "accuracy ([0-9.]+) %"));

    private static double Number(Match match) => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("([0-9.]+) %")]
    private static partial Regex Percentage();
}
