using System.Buffers;
using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Data;

/// <summary>Decodes picture files and resizes them. Safe for several threads.</summary>
internal sealed class ImageDecoder
{
    private readonly (int Height, int Width) _size;
    private readonly int _channels;

    public ImageDecoder((int Height, int Width) size, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1, nameof(size));
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1, nameof(size));
        if (channels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "a picture has 3 channels (RGB) or 1 (grey)");
        (_size, _channels) = (size, channels);
    }

    /// <summary>The picture UNorm8 [height, width, channels]; or null, and what is wrong with the file.</summary>
    public NDArray? Decode(string path, out string? damage)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        long length = RandomAccess.GetLength(file);
        if (length == 0)
            return Damaged("empty file", out damage);
        if (length > Array.MaxLength)
            return Damaged($"not a picture: {length} bytes", out damage);

        byte[] encoded = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            int read = 0;
            while (read < length && RandomAccess.Read(file, encoded.AsSpan(read, (int)length - read), read) is > 0 and int n)
                read += n;
            return Decode(encoded.AsSpan(0, read), out damage);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(encoded);
        }
    }

    private unsafe NDArray? Decode(ReadOnlySpan<byte> encoded, out string? damage)
    {
        fixed (byte* start = encoded)
        {
            using var data = SKData.Create((nint)start, encoded.Length);
            using var stream = new SKMemoryStream(data);
            using var codec = SKCodec.Create(stream, out SKCodecResult result);
            if (codec is null)
                return Damaged(Reason(result, encoded.Length), out damage);

            // No colour space: pixels as they are stored, without the conversion to sRGB that an embedded profile would ask for.
            // Unpremultiplied: the colours under transparent pixels are kept and the alpha is dropped. Neither the profile nor
            // the EXIF orientation is looked at by tf.io.decode_image either.
            var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
            long byteLength = info.BytesSize64;
            if (byteLength > Array.MaxLength)
                return Damaged($"too large to decode: {info.Width} x {info.Height} pixels", out damage);

            byte[] pixels = ArrayPool<byte>.Shared.Rent((int)byteLength);
            try
            {
                fixed (byte* target = pixels)
                    result = codec.GetPixels(info, (nint)target);
                if (result != SKCodecResult.Success)
                    return Damaged(Reason(result, encoded.Length), out damage);
                damage = null;
                return Resize(pixels, info.Height, info.Width);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(pixels);
            }
        }
    }

    private NDArray Resize(Span<byte> pixels, int height, int width)
    {
        if (_channels == 1)
            ToGray(pixels[..(height * width * 4)]);
        var picture = new NDArray((_size.Height, _size.Width, _channels), DType.UNorm8);
        BilinearResize.ToBytes(pixels, height, width, picture.Bytes, _size, _channels);
        return picture;
    }

    /// <summary>Puts the luma 0.299 R + 0.587 G + 0.114 B (JFIF; ITU-R BT.601) into a pixel's first byte.</summary>
    private static void ToGray(Span<byte> pixels)
    {
        for (int i = 0; i < pixels.Length; i += 4)
            pixels[i] = (byte)(((19595 * pixels[i]) + (38470 * pixels[i + 1]) + (7471 * pixels[i + 2]) + 32768) >> 16);
    }

    private static string Reason(SKCodecResult result, int length) => result switch
    {
        SKCodecResult.Unimplemented => "not an image (JPEG, PNG, BMP, GIF or WebP)",
        SKCodecResult.IncompleteInput => $"truncated: the image data ends early, after {length} bytes",
        SKCodecResult.InvalidInput or SKCodecResult.ErrorInInput =>
            $"damaged: the image data is invalid or ends early, after {length} bytes",
        _ => $"cannot be decoded ({result})",
    };

    private static NDArray? Damaged(string reason, out string? damage)
    {
        damage = reason;
        return null;
    }
}
