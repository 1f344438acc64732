using System.Globalization;

namespace Numerics.Nn;

/// <summary>The checkpoints of one run, the newest last by name.</summary>
/// <param name="path">The folder.</param>
internal sealed class CheckpointFolder(string path)
{
    private const string Pattern = "checkpoint-*.safetensors";

    /// <summary>Where a checkpoint of an epoch and step is written.</summary>
    public string PathFor(int epoch, int step) =>
        Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"checkpoint-{epoch:D6}-{step:D8}.safetensors"));

    /// <summary>The files, the newest first.</summary>
    public IReadOnlyList<string> Newest() => Directory.Exists(path)
        ? [.. Directory.EnumerateFiles(path, Pattern).OrderDescending(StringComparer.Ordinal)]
        : [];

    /// <summary>Writes a checkpoint and removes those that are older than the newest few, and what a killed process left half-written.</summary>
    /// <returns>The file.</returns>
    public string Save(TrainingState state, int epoch, int step, int keep)
    {
        _ = Directory.CreateDirectory(path);
        string file = PathFor(epoch, step);
        CheckpointFile.Save(file, state);
        foreach (string old in Newest().Skip(keep))
            File.Delete(old);
        foreach (string half in Directory.EnumerateFiles(path, Pattern + ".*.tmp"))
            File.Delete(half);
        return file;
    }

    /// <summary>
    /// The newest checkpoint that can be read. Each that is damaged is reported and renamed, so that it is in nobody's way.
    /// </summary>
    /// <returns>The state and its file, or null when there is none.</returns>
    public (TrainingState State, string Path)? Load(Action<string> report)
    {
        foreach (string file in Newest())
        {
            try
            {
                return (CheckpointFile.Load(file), file);
            }
            catch (InvalidDataException error)
            {
                File.Move(file, file + ".damaged", overwrite: true);
                report($"{error.Message}; going on from the checkpoint before it");
            }
        }

        return null;
    }

    /// <summary>Removes all checkpoints.</summary>
    public void Clear()
    {
        foreach (string file in Newest())
            File.Delete(file);
        if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
            Directory.Delete(path);
    }
}
