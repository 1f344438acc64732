using System.Globalization;
using Numerics.Data;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs.Imbalance;
using Numerics.Tensors;
using SkiaSharp;
using ImbalanceOutcome = Numerics.Samples.CatsVsDogs.Imbalance.Outcome;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>The comparison of remedies where one class is rare.</summary>
public sealed class ImbalanceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_method_runs_with_every_seed_and_results_become_a_table_a_picture_and_a_file()
    {
        string data = WriteCatsAndDogs(60, 8), output = _folder["out"];
        Outcome run = Catsvsdogs.Run(
            "imbalance", "--data", data, "--rarity", "10", "--image-size", "22", "--seeds", "2", "--epochs", "1", "--output", output);
        run.AssertSucceeded();
        Assert.Contains("run 2: 29 pictures to train on (3 dogs), 13 (1) to tune thresholds, 18 (2) to test", run.Out, StringComparison.Ordinal);
        foreach (Method method in Method.All)
            Assert.Contains($"| {method.Name} ", run.Out, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(Path.Combine(output, "runs.csv"));
        Assert.Equal("method,seed,PR-AUC,recall,F1,recall tuned,F1 tuned,calibration error", lines[0]);
        Assert.Equal(2 * Method.All.Length, lines.Length - 1);
        Assert.All(lines.Skip(1), line => Assert.All(
            line.Split(',')[^6..], value => Assert.InRange(double.Parse(value, CultureInfo.InvariantCulture), 0, 1)));
        using SKBitmap picture = SKBitmap.Decode(Path.Combine(output, "imbalance.png"));
        Assert.True(picture.Width > 1000);
        Assert.Equal(["imbalance.png", "runs.csv"], Directory.GetFiles(output).Select(Path.GetFileName).Order());

        // The same seeds, the same figures.
        string again = _folder["again"];
        Catsvsdogs.Run(
            "imbalance", "--data", data, "--rarity", "10", "--image-size", "22", "--seeds", "2", "--epochs", "1", "--output", again).AssertSucceeded();
        Assert.Equal(lines, File.ReadAllLines(Path.Combine(again, "runs.csv")));
    }

    [Fact]
    public void Parts_have_the_same_share_of_dogs_no_picture_in_common_and_change_with_the_seed()
    {
        string data = WriteCatsAndDogs(40, 9);
        LabelledPictures pictures = LabelledPictures.Read(
            ImageDataset.FromDirectory(data, (22, 22), ["Cat", "Dog"]), default);
        var experiment = new Experiment(pictures, 5, 1, 8, 0.001f);
        Assert.Equal((36, 9), Experiment.Counts(40, 9, 5));
        Assert.Equal((40, 10), Experiment.Counts(43, 90, 5));
        HashSet<string>[] keys = [.. Parts(1).Select(part => part.ToHashSet())];
        Assert.Equal([22, 9, 14], keys.Select(part => part.Count));
        Assert.Equal(45, keys.SelectMany(part => part).Distinct().Count());
        Assert.Equal(Parts(1).SelectMany(part => part), Parts(1).SelectMany(part => part));
        Assert.NotEqual(Parts(1).SelectMany(part => part), Parts(2).SelectMany(part => part));

        IEnumerable<string[]> Parts(ulong seed)
        {
            var (training, validation, test) = experiment.Draw(seed);
            foreach (LabelledPictures part in (LabelledPictures[])[training, validation, test])
            {
                Assert.InRange(part.Of(1).Length / (double)part.Count, 0.15, 0.25);
                yield return [.. Enumerable.Range(0, part.Count).Select(i => Convert.ToHexString(part.Take([i]).X.Bytes))];
            }
        }
    }

    [Fact]
    public void Remedies_do_what_their_names_say()
    {
        int[] counts = [190, 10];
        Method Named(string name) => Method.All.Single(method => method.Name == name);
        Assert.Null(Named("cross-entropy (gamma 0)").Weights(counts));
        Assert.Equal(10, Named("focal, gamma 2, class weights").Weights(counts)![1], 1e-5f);
        Assert.Null(Named("focal, gamma 2").Bias(counts));
        using var scope = new TensorScope();
        Tensor bias = Named("cross-entropy, bias of the prior").Bias(counts)!.Call(2);
        Assert.Equal([0.95f, 0.05f], bias.Softmax().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6f);
        float[] losses =
        [
            .. Method.All[..6].Select(method => method.Loss.Call((NDArray)new float[,] { { 1, 0 } }, (NDArray)new float[,] { { 0.25f, 0.75f } }).Item()),
        ];
        Assert.Equal(Method.All[..6].Select(method => MathF.Pow(0.75f, method.Gamma) * MathF.Log(4)), losses, (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    [Fact]
    public void A_spread_is_mean_and_deviation()
    {
        Assert.Equal(new Spread(2, 1), Spread.Of([1.0, 2, 3]));
        Assert.Equal(new Spread(7, 0), Spread.Of([7.0]));
        Assert.Equal("0.500 ± 0.707", Spread.Of([0.0, 1]).ToString());
    }

    [Fact]
    public void The_table_counts_the_runs_in_which_a_method_is_better()
    {
        ImbalanceOutcome Of(string method, ulong seed, double area) => new(method, seed, area, 0.5, 0.25, 0.75, 0.5, 0.125);
        using var writer = new StringWriter();
        OutcomeTable.Write(writer, [Of("a", 1, 0.5), Of("a", 2, 0.25), Of("b", 1, 0.25), Of("b", 2, 0.75)]);
        string[] lines = writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.Matches(@"^\| a +\| 0.375 ± 0.177 \|.*\| +\|$", lines[2]);
        Assert.Matches(@"^\| b +\| 0.500 ± 0.354 \|.*\| 1 of 2 +\|$", lines[3]);
    }

    [Fact]
    public void Too_few_dogs_and_bad_folders_are_named_before_anything_is_written()
    {
        string data = WriteCatsAndDogs(10, 3), output = _folder["out"];
        Catsvsdogs.Run("imbalance", "--data", data, "--output", output).AssertFailed(1, data, "too few pictures");
        Catsvsdogs.Run("imbalance", "--data", _folder["missing"], "--output", output).AssertFailed(1, "missing", "no such folder");
        Catsvsdogs.Run("imbalance", "--pictures", "30", "--output", output).AssertFailed(1, "--pictures 30", "4 are needed");
        Assert.Empty(Directory.GetFiles(output));
        string file = _folder.Write("file", "text"u8);
        Catsvsdogs.Run("imbalance", "--data", data, "--output", file).AssertFailed(1, file, "a file");
        Catsvsdogs.Run("imbalance", "--data", data, "--output", file + "/inside").AssertFailed(1, file, "cannot be made");
        foreach (string arguments in (string[])["--rarity 1", "--image-size 21", "--seeds 0", "--epochs x"])
            Catsvsdogs.Run(["imbalance", .. arguments.Split(' ')]).AssertFailed(2, arguments.Split(' ')[0]);
        Catsvsdogs.Run("imbalance", "--data", data, "--pictures", "100").AssertFailed(2, "--pictures");
    }

    private string WriteCatsAndDogs(int cats, int dogs)
    {
        Samples.CatsVsDogs.Drawings.DrawingSet.CreateUnbalanced(_folder["data"], cats, dogs, _ => { }, default);
        return _folder["data"];
    }
}
