using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Single pictures.</summary>
public static class Image
{
    /// <summary>
    /// Reads a JPEG, PNG, BMP, GIF or WebP file and resizes it, exactly as <see cref="ImageDataset"/> does, so that a prediction sees
    /// what training saw.
    /// </summary>
    /// <param name="path">The file; its content says what kind it is, not its name.</param>
    /// <param name="imageSize">The height and width of the result, at least 1 each.</param>
    /// <param name="channels">3 for RGB, 1 for grey.</param>
    /// <param name="options">How it is decoded and resized; <see cref="ImageOptions.Default"/> when null.</param>
    /// <returns>The picture, UNorm8 [height, width, channels].</returns>
    /// <exception cref="InvalidDataException">The file holds no whole picture; the message names path and reason.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1 × 1, or the channels are neither 3 nor 1.</exception>
    public static NDArray Load(string path, (int Height, int Width) imageSize, int channels = 3, ImageOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var decoder = new ImageDecoder(imageSize, channels, options);
        return decoder.Decode(new DiskImageFile(path, label: 0), FilePolicy.Decodable, out string? damage)
            ?? throw new InvalidDataException($"{path}: {damage}");
    }

    /// <summary>Decodes a picture that is in memory, as <see cref="Load"/> does.</summary>
    /// <param name="encoded">The content of a JPEG, PNG, BMP, GIF or WebP file.</param>
    /// <param name="imageSize">The height and width of the result, at least 1 each.</param>
    /// <param name="channels">3 for RGB, 1 for grey.</param>
    /// <param name="options">How it is decoded and resized; <see cref="ImageOptions.Default"/> when null.</param>
    /// <returns>The picture, UNorm8 [height, width, channels].</returns>
    /// <exception cref="InvalidDataException">The content is no whole picture; the message gives the reason.</exception>
    public static NDArray Decode(ReadOnlySpan<byte> encoded, (int Height, int Width) imageSize, int channels = 3, ImageOptions? options = null)
    {
        var decoder = new ImageDecoder(imageSize, channels, options);
        string? damage = "empty file";
        return (encoded.IsEmpty ? null : decoder.Decode(encoded, out damage)) ?? throw new InvalidDataException($"encoded picture: {damage}");
    }
}
