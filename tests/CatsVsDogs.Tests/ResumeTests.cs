using System.Diagnostics;
using System.Globalization;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>Trainings that are interrupted, by a signal that can be caught and by one that cannot, and go on.</summary>
public sealed class ResumeTests : IDisposable
{
    private const int Kills = 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_training_that_is_killed_again_and_again_ends_with_the_bits_of_one_that_was_not()
    {
        string data = _folder.WriteDrawings("data", 20);
        string[] args = ["train", "--data", data, "--epochs", "6", "--batch-size", "4", "--validation-split", "0.2", "--seed", "3", "--save-freq", "1"];
        long start = Stopwatch.GetTimestamp();
        Catsvsdogs.RunProcess([.. args, "--output", _folder["whole.safetensors"]]).AssertSucceeded();

        // Together they live as long as the whole run, but much of it goes into starts and lost steps: whatever the machine's speed, the run
        // does not end before the last kill.
        double spread = 1.5 * Stopwatch.GetElapsedTime(start).TotalMilliseconds / Kills;

        // The first moment is within the start of the process; later ones fall on decoding, steps, and the writing of checkpoints.
        var random = new Random();
        string output = _folder["killed.safetensors"], run = _folder["killed-run"];
        int killed = 0;
        for (; killed < Kills; killed++)
        {
            using Process process = Catsvsdogs.Start(Next());
            Task<string> text = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            bool ended = process.WaitForExit(TimeSpan.FromMilliseconds(killed == 0 ? 150 : 300 + (spread * random.NextDouble())));
            if (ended)
            {
                Assert.True(process.ExitCode == 0, $"after {killed} kills: {await error}{await text}");
                break;
            }

            process.Kill();
            process.WaitForExit();
        }

        if (!File.Exists(output))
            Catsvsdogs.RunProcess(Next()).AssertSucceeded();
        Assert.True(killed == Kills, $"the run ended after {killed} kills already");
        Assert.True(
            File.ReadAllBytes(_folder["whole.safetensors"]).AsSpan().SequenceEqual(File.ReadAllBytes(output)), $"other weights after {killed} kills");
        Assert.Equal(File.ReadAllText(_folder["whole-run/history.csv"]), File.ReadAllText(Path.Combine(run, "history.csv")));
        Assert.False(Directory.Exists(Path.Combine(run, "checkpoints")));

        // A run that was killed before it wrote down its options begins anew.
        string[] Next() => File.Exists(Path.Combine(run, "config.json")) ? ["train", "--resume", "--run-dir", run] : [.. args, "--output", output];
    }

    [Fact]
    public void Ctrl_C_saves_says_how_to_go_on_and_that_ends_with_the_same_weights()
    {
        if (OperatingSystem.IsWindows())
            return;
        string data = _folder.WriteDrawings("data", 8), run = _folder["stopped-run"];
        string[] args = ["train", "--data", data, "--epochs", "4", "--batch-size", "4", "--augment", "--dropout", "0.3"];
        Catsvsdogs.RunProcess([.. args, "--output", _folder["whole"]]).AssertSucceeded();

        using Process process = Catsvsdogs.Start([.. args, "--output", _folder["stopped.safetensors"]]);
        while (process.StandardOutput.ReadLine() is { } line && !line.Contains("epoch 1/4  loss", StringComparison.Ordinal))
        {
        }

        using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        _ = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(130, process.ExitCode);
        Assert.Contains($"catsvsdogs train --resume --run-dir {run}", error, StringComparison.Ordinal);
        Assert.Contains("stopped", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["stopped.safetensors"]));

        Catsvsdogs.Run([.. args, "--output", _folder["stopped.safetensors"]]).AssertFailed(1, run, "--resume", "--overwrite");
        Catsvsdogs.RunProcess("train", "--resume", "--run-dir", run).AssertSucceeded();
        Assert.True(File.ReadAllBytes(_folder["whole"]).AsSpan().SequenceEqual(File.ReadAllBytes(_folder["stopped.safetensors"])));
        Catsvsdogs.Run("train", "--resume", "--run-dir", run).AssertFailed(1, run, "finished");
        Catsvsdogs.Run("train", "--resume", "--run-dir", _folder["nowhere"]).AssertFailed(1, "nowhere", "config.json");
    }
}
