using System.Security.Cryptography;
using SkiaSharp;

namespace Numerics.Data;

/// <summary>Looks at the whole of a picture's file.</summary>
internal static class ImageInspector
{
    /// <summary>Reads, hashes and decodes a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="decoder">Decodes it.</param>
    /// <param name="longest">The length from which on it is not read.</param>
    public static InspectedFile Inspect(ImageFile file, ImageDecoder decoder, long longest)
    {
        using RentedBytes? content = file.Read(longest, out string? damage);
        if (content is null)
            return new InspectedFile(file.Path, file.Label, 0, ImageFormat.Unknown, 0, 0, "", false, false, damage);
        ReadOnlySpan<byte> bytes = content.Span;
        _ = decoder.Decode(bytes, out damage);
        (int height, int width) = Size(bytes);
        return new InspectedFile(
            file.Path, file.Label, bytes.Length, ImageFormats.Sniff(bytes), height, width, Convert.ToHexStringLower(SHA256.HashData(bytes)),
            FilePolicyRules.HasJfif(bytes, FilePolicyRules.TfdsLength), FilePolicyRules.HasJfif(bytes, FilePolicyRules.KerasLength), damage);
    }

    private static unsafe (int Height, int Width) Size(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            using var data = SKData.Create((nint)start, bytes.Length);
            using var codec = SKCodec.Create(data);
            return codec is null ? (0, 0) : (codec.Info.Height, codec.Info.Width);
        }
    }
}
