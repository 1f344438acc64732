using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Numerics.Nn;

/// <summary>
/// The SHA-256 of texts and tensors, each with its name and in the order of names. Tensors may be hashed while they are written, so that
/// each is read once.
/// </summary>
internal sealed class ContentHash : IDisposable
{
    /// <summary>The name under which metadata have the hash.</summary>
    public const string Key = "sha256";

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public ContentHash(IReadOnlyDictionary<string, string> texts)
    {
        foreach ((string name, string text) in InOrder(texts))
        {
            Append(name);
            Append(text);
        }
    }

    /// <summary>What stands in the place of a hash that is not known yet; as long as every hash.</summary>
    public static string Placeholder { get; } = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>The order in which they are hashed.</summary>
    public static IEnumerable<KeyValuePair<string, T>> InOrder<T>(IEnumerable<KeyValuePair<string, T>> named) =>
        named.OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>Reads a tensor that comes next, hashes it and hands its bytes on.</summary>
    public void Read(string name, TensorContent content, Action<ReadOnlySpan<byte>> take)
    {
        Append(name);
        Append(content.ToString());
        content.Read(piece =>
        {
            _hash.AppendData(piece);
            take(piece);
        });
    }

    /// <summary>The hash of all, in hexadecimal digits.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    private void Append(string text) =>
        _hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text.Length}:{text}")));
}
