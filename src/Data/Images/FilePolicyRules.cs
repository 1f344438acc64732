namespace Numerics.Data;

/// <summary>What the policies ask of a file's first bytes.</summary>
internal static class FilePolicyRules
{
    /// <summary>How many bytes TensorFlow Datasets sees: what Python's <c>ZipExtFile.peek</c> returns.</summary>
    public const int TfdsLength = 512;

    /// <summary>How many bytes the tutorial sees: the buffer of a file that Python opened.</summary>
    public const int KerasLength = 4096;

    /// <summary>Why a policy leaves a file out; null when it does not.</summary>
    public static string? Refuse(this FilePolicy policy, ReadOnlySpan<byte> content)
    {
        int length = policy switch
        {
            FilePolicy.Tfds => TfdsLength,
            FilePolicy.Keras => KerasLength,
            _ => 0,
        };
        if (length == 0 || HasJfif(content, length))
            return null;
        ImageFormat format = ImageFormats.Sniff(content);
        string what = format == ImageFormat.Unknown ? "not a picture that is known" : $"{format}";
        return $"no JFIF in the first {length} bytes ({what})";
    }

    public static bool HasJfif(ReadOnlySpan<byte> content, int length) =>
        content[..Math.Min(length, content.Length)].IndexOf("JFIF"u8) >= 0;
}
