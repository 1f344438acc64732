using System.Runtime.InteropServices;
using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Data;

/// <summary>Decodes picture files and resizes them. Safe for several threads.</summary>
internal sealed class ImageDecoder
{
    private static readonly float[] Reductions = [1f / 8, 1f / 4, 1f / 2];

    private readonly (int Height, int Width) _size;
    private readonly int _channels;
    private readonly ImageOptions _options;

    public ImageDecoder((int Height, int Width) size, int channels, ImageOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1, nameof(size));
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1, nameof(size));
        if (channels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "a picture has 3 channels (RGB) or 1 (grey)");
        (_size, _channels, _options) = (size, channels, options ?? ImageOptions.Default);
    }

    /// <summary>What decides the pixels besides the file.</summary>
    public string Fingerprint => $"{_size} {_channels} {_options.Fingerprint}";

    /// <summary>The picture UNorm8 [height, width, channels]; or null, and what is wrong with the file.</summary>
    public NDArray? Decode(ImageFile file, FilePolicy policy, out string? damage)
    {
        using RentedBytes? encoded = file.Read(_options.MaxBytes, out damage);
        if (encoded is null)
            return null;
        damage = policy.Refuse(encoded.Span);
        return damage is null ? Decode(encoded.Span, out damage) : null;
    }

    /// <inheritdoc cref="Decode(ImageFile, FilePolicy, out string?)"/>
    public unsafe NDArray? Decode(ReadOnlySpan<byte> encoded, out string? damage)
    {
        fixed (byte* start = encoded)
        {
            using var data = SKData.Create((nint)start, encoded.Length);
            using var stream = new SKMemoryStream(data);
            using var codec = SKCodec.Create(stream, out SKCodecResult result);
            if (codec is null)
                return Damaged(Reason(result, encoded.Length), out damage);
            if ((long)codec.Info.Width * codec.Info.Height > _options.MaxPixels)
                return Damaged($"refused: {codec.Info.Width} x {codec.Info.Height} pixels, more than the limit of {_options.MaxPixels}", out damage);

            // No colour space: pixels as they are stored, without the conversion to sRGB that an embedded profile would ask for.
            // Unpremultiplied: the colours under transparent pixels are kept and the alpha is dropped. tf.io.decode_image does not
            // look at the profile either.
            SKSizeI size = DecodedSize(codec);
            var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
            if (info.BytesSize64 > Array.MaxLength)
                return Damaged($"refused: {info.Width} x {info.Height} pixels are more than an array can hold", out damage);

            var pixels = new RentedBytes((int)info.BytesSize64);
            try
            {
                fixed (byte* target = pixels.Span)
                    result = codec.GetPixels(info, (nint)target);
                if (result != SKCodecResult.Success)
                    return Damaged(Reason(result, encoded.Length), out damage);
                damage = null;
                (int height, int width) = (info.Height, info.Width);
                if (_options.ApplyOrientation && codec.EncodedOrigin != SKEncodedOrigin.TopLeft)
                    Replace(ref pixels, PixelOrientation.Apply(pixels.Span, ref height, ref width, codec.EncodedOrigin));
                if (_options.AspectRatio == AspectRatio.Crop)
                    (height, width) = PixelProportions.Crop(pixels.Span, height, width, _size);
                else if (_options.AspectRatio == AspectRatio.Pad)
                    Replace(ref pixels, PixelProportions.Pad(pixels.Span, ref height, ref width, _size));
                return Resize(pixels.Span, height, width);
            }
            finally
            {
                pixels.Dispose();
            }
        }
    }

    private static void Replace(ref RentedBytes pixels, RentedBytes others)
    {
        pixels.Dispose();
        pixels = others;
    }

    // The smallest size that the codec can decode to and that still is not below the wanted one, whichever way the picture is turned.
    private SKSizeI DecodedSize(SKCodec codec)
    {
        SKSizeI full = new(codec.Info.Width, codec.Info.Height);
        if (!_options.ScaledDecoding || codec.EncodedFormat != SKEncodedImageFormat.Jpeg)
            return full;
        bool isTurned = _options.ApplyOrientation && codec.EncodedOrigin >= SKEncodedOrigin.LeftTop;
        (int height, int width) = isTurned ? (_size.Width, _size.Height) : _size;
        foreach (float reduction in Reductions)
        {
            SKSizeI scaled = codec.GetScaledDimensions(reduction);
            if (scaled.Height >= height && scaled.Width >= width)
                return scaled;
        }

        return full;
    }

    private NDArray Resize(Span<byte> pixels, int height, int width)
    {
        if (_channels == 1)
            ToGray(pixels[..(height * width * 4)]);
        NDArray picture = NDArray.Empty((_size.Height, _size.Width, _channels), DType.UNorm8);
        if (_options is { Interpolation: Interpolation.Bilinear, Antialias: false })
        {
            BilinearResize.ToBytes(pixels, height, width, picture.Bytes, _size, _channels);
        }
        else
        {
            var rows = new KernelAxis(height, _size.Height, _options.Interpolation, _options.Antialias);
            var columns = new KernelAxis(width, _size.Width, _options.Interpolation, _options.Antialias);
            KernelResize.ToBytes(pixels, width, picture.Bytes, _channels, rows, columns);
        }

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
