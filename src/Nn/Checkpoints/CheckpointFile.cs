namespace Numerics.Nn;

/// <summary>
/// The state of a training run as a safetensors file: tensors by name, everything else as text in the header, and there a SHA-256
/// of both, since the format itself notices a missing byte but no changed one.
/// </summary>
internal static class CheckpointFile
{
    private const string Format = "numerics.training.1";
    private const string FormatKey = "format";

    /// <summary>Writes the file under a temporary name, flushes and renames it.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, TrainingState state)
    {
        using var hash = new ContentHash(state.Texts);
        SafetensorsFile.SaveHashed(path, [.. ContentHash.InOrder(state.Tensors)], new Dictionary<string, string>(state.Texts) { [FormatKey] = Format }, hash);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or no checkpoint; the message has the path.</exception>
    public static TrainingState Load(string path)
    {
        SafetensorsFile file = SafetensorsFile.Load(path);
        if (!file.Metadata.TryGetValue(FormatKey, out string? format) || format != Format)
            throw new InvalidDataException($"{path}: expected a checkpoint of the format {Format}, found {format ?? "no format"}");
        var texts = new Dictionary<string, string>(file.Metadata);
        _ = texts.Remove(FormatKey);
        var tensors = file.Tensors.ToDictionary(tensor => tensor.Key, tensor => (TensorContent)tensor.Value);
        if (!texts.Remove(ContentHash.Key, out string? hash) || hash != Hash(texts, tensors))
            throw new InvalidDataException($"{path}: the content does not fit its checksum; the file is damaged");
        return new TrainingState(texts, tensors, "");
    }

    private static string Hash(Dictionary<string, string> texts, Dictionary<string, TensorContent> tensors)
    {
        using var hash = new ContentHash(texts);
        foreach ((string name, TensorContent content) in ContentHash.InOrder(tensors))
            hash.Read(name, content, _ => { });
        return hash.Finish();
    }
}
