using System.Diagnostics;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>The memory of a process that trains for long.</summary>
public sealed class MemoryTests : IDisposable
{
    private const int Epochs = 50;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fifty_epochs_take_no_more_memory_than_the_first_few()
    {
        string data = _folder.WriteDrawings("data", 6);
        using Process process = Catsvsdogs.Start(
            "train", "--data", data, "--epochs", "50", "--batch-size", "4", "--validation-split", "0.25", "--output", _folder["net.safetensors"]);
        Task<string> error = process.StandardError.ReadToEndAsync();
        var memory = new List<double>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (!line.StartsWith($"epoch {memory.Count + 1}/{Epochs}  loss", StringComparison.Ordinal))
                continue;
            process.Refresh();
            memory.Add(process.HasExited ? double.NaN : process.WorkingSet64 / 1048576.0);
        }

        process.WaitForExit();
        Assert.Equal("", await error);
        Assert.Equal(Epochs, memory.Count);

        // The compiler's work and the buffers of small arrays still come to some MiB; a copy of the weights, 42 MiB, would show.
        const double Allowance = 24;
        double first = memory[2..8].Min(), last = memory[^11..^1].Min();
        Assert.True(last < first + Allowance, $"{first:F0} MiB after the first epochs, {last:F0} after the last: {string.Join(' ', memory.Select(mebibytes => mebibytes.ToString("F0")))}");
    }
}
