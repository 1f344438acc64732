using System.Buffers.Binary;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The safetensors format: the length of a header (8 bytes, little-endian), the header (JSON: type, shape and place of each
/// tensor), then the tensors' bytes, row-major and little-endian, without gaps. Types: F32, I32 and U8.
/// Source: the format's description at https://github.com/huggingface/safetensors.
/// </summary>
public sealed class SafetensorsFile
{
    internal const int LengthSize = 8;
    internal const long MaxHeaderLength = 100_000_000;

    private SafetensorsFile(IReadOnlyDictionary<string, NDArray> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Tensors = tensors;
        Metadata = metadata;
    }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, NDArray> Tensors { get; }

    /// <summary>Free text by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or holds other types; the message has path and offset.</exception>
    public static SafetensorsFile Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckByteOrder();
        using var stream = InputFile.Open(path);
        if (stream.Length < LengthSize)
            throw new InvalidDataException($"{path}: offset 0: expected the header's length in {LengthSize} bytes, the file has {stream.Length}");
        Span<byte> prefix = stackalloc byte[LengthSize];
        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > (ulong)Math.Min(stream.Length - LengthSize, MaxHeaderLength))
            throw new InvalidDataException($"{path}: offset 0: a header of {length} bytes does not fit a file of {stream.Length}");
        byte[] header = new byte[length];
        stream.ReadExactly(header);
        long start = LengthSize + (long)length;
        SafetensorsHeader parsed = SafetensorsHeader.Parse(header, path, LengthSize, stream.Length - start);

        var tensors = new OrderedDictionary<string, NDArray>(StringComparer.Ordinal);
        foreach (SafetensorsEntry entry in parsed.Entries)
        {
            var array = new NDArray(entry.Shape, entry.DType!.Value);
            stream.Position = start + entry.Begin;
            stream.ReadExactly(array.Bytes);
            tensors.Add(entry.Name, array);
        }

        return new SafetensorsFile(tensors, parsed.Metadata);
    }

    /// <summary>Writes a file; it is complete or not there, for it is written beside its place and renamed.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="tensors">The tensors and their names, in the order they are to have; Float32, Int32 or UInt8.</param>
    /// <param name="metadata">Free text by name, or null.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or a type has no place in the format.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, NDArray>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        SaveContents(path, [.. tensors.Select(tensor => KeyValuePair.Create(tensor.Key, (TensorContent)tensor.Value))], metadata);
    }

    /// <summary>Writes a file as <see cref="Save"/> does, of tensors wherever they are, each of which is read once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="metadata">Free text by name, or null.</param>
    internal static void SaveContents(
        string path, IReadOnlyList<KeyValuePair<string, TensorContent>> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        Write(path, SafetensorsHeader.Write(tensors, metadata), stream =>
        {
            foreach ((_, TensorContent content) in tensors)
                content.Read(stream.Write);
        });

    /// <summary>Writes a file as <see cref="SaveContents"/> does, with a hash among the metadata.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors, in the order in which they are hashed.</param>
    /// <param name="metadata">Free text by name.</param>
    /// <param name="hash">Gets the tensors as they are written.</param>
    internal static void SaveHashed(
        string path, IReadOnlyList<KeyValuePair<string, TensorContent>> tensors, IReadOnlyDictionary<string, string> metadata, ContentHash hash)
    {
        byte[] Header(string value) => SafetensorsHeader.Write(tensors, new Dictionary<string, string>(metadata) { [ContentHash.Key] = value });
        Write(path, Header(ContentHash.Placeholder), stream =>
        {
            foreach ((string name, TensorContent content) in tensors)
                hash.Read(name, content, stream.Write);

            // Now that it is known, in a header of the same length.
            stream.Position = LengthSize;
            stream.Write(Header(hash.Finish()));
        });
    }

    private static void Write(string path, byte[] header, Action<FileStream> writeTensors)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckByteOrder();
        WholeFile.Write(path, stream =>
        {
            Span<byte> prefix = stackalloc byte[LengthSize];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header);
            writeTensors(stream);
        });
    }

    private static void CheckByteOrder()
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("safetensors files are little-endian, this machine is not");
    }
}
