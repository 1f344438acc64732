using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The state of a training run as a safetensors file: tensors by name, everything else as text in the header, and there a SHA-256
/// of both, since the format itself notices a missing byte but no changed one.
/// </summary>
internal static class CheckpointFile
{
    private const string Format = "numerics.training.1";
    private const string FormatKey = "format";
    private const string HashKey = "sha256";

    /// <summary>Writes the file under a temporary name, flushes and renames it.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, TrainingState state)
    {
        var metadata = new Dictionary<string, string>(state.Texts) { [FormatKey] = Format, [HashKey] = Hash(state.Texts, state.Tensors) };
        SafetensorsFile.SaveContents(path, [.. state.Tensors], metadata);
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
        if (!texts.Remove(HashKey, out string? hash) || hash != Hash(texts, tensors))
            throw new InvalidDataException($"{path}: the content does not fit its checksum; the file is damaged");
        return new TrainingState(texts, tensors, "");
    }

    private static string Hash(IReadOnlyDictionary<string, string> texts, IReadOnlyDictionary<string, TensorContent> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Append(string text) =>
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text.Length}:{text}")));
        foreach ((string name, string text) in texts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Append(name);
            Append(text);
        }

        foreach ((string name, TensorContent content) in tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Append(name);
            Append(content.ToString());
            content.Read(hash.AppendData);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
