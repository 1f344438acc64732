using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Single pictures.</summary>
public static class Image
{
    /// <summary>
    /// Reads a JPEG, PNG, BMP, GIF or WebP file and resizes it with <see cref="BilinearResize"/>, exactly as
    /// <see cref="ImageDataset"/> does, so that a prediction sees what training saw.
    /// </summary>
    /// <param name="path">The file; its content says what kind it is, not its name.</param>
    /// <param name="imageSize">The height and width of the result, at least 1 each.</param>
    /// <param name="channels">3 for RGB, 1 for grey.</param>
    /// <returns>The picture, UNorm8 [height, width, channels].</returns>
    /// <exception cref="InvalidDataException">The file holds no whole picture; the message names path and reason.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1 × 1, or the channels are neither 3 nor 1.</exception>
    public static NDArray Load(string path, (int Height, int Width) imageSize, int channels = 3)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var decoder = new ImageDecoder(imageSize, channels);
        return decoder.Decode(path, out string? damage) ?? throw new InvalidDataException($"{path}: {damage}");
    }
}
