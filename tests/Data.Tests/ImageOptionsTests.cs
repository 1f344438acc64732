using System.Buffers.Binary;
using System.IO.Hashing;
using CsCheck;
using Numerics.Golden;
using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Data.Tests;

public class ImageOptionsTests
{
    public static TheoryData<string> GoldenCases => GoldenFile.Names("resize_kernels.json");

    [Theory]
    [MemberData(nameof(GoldenCases))]
    public void Golden(string name)
    {
        GoldenCase golden = GoldenFile.Case("resize_kernels.json", name);
        GoldenTensor expected = golden.Tensor("y");
        NDArray actual = ImageResize.Apply(
            golden.Tensor("x").ToNDArray(), (expected.Shape[0], expected.Shape[1]), Enum.Parse<Interpolation>(golden.Text("interpolation")!, ignoreCase: true),
            golden.Flag("antialias"));
        GoldenAssert.Close(expected.Data, [.. actual.ToFloats().Select(value => (double)value)], name);
    }

    [Fact]
    public void Bytes_are_the_floats_rounded_for_every_kernel() =>
        Gen.Select(Gen.Enum<Interpolation>(), Gen.Bool, Gen.Int[1, 24], Gen.Int[1, 24], Gen.Int[1, 24], Gen.Int[1, 24]).Sample(
            (interpolation, antialias, height, width, outHeight, outWidth) =>
            {
                byte[] png = TestPictures.Noise(SKEncodedImageFormat.Png, width, height, out byte[] pixels);
                var options = new ImageOptions { Interpolation = interpolation, Antialias = antialias };
                byte[] actual = Image.Decode(png, (outHeight, outWidth), options: options).Bytes.ToArray();
                float[] exact = ImageResize.Apply(NDArray.From((height, width, 3), pixels), (outHeight, outWidth), interpolation, antialias).ToFloats();
                for (int i = 0; i < exact.Length; i++)
                {
                    // The two add up in different orders: a value just at a half may fall to either side.
                    float limited = Math.Clamp(exact[i], 0, 255);
                    Assert.InRange(actual[i], limited - 0.501f, limited + 0.501f);
                }
            },
            iter: 200);

    [Theory]
    [InlineData(Interpolation.Bilinear, 1)]
    [InlineData(Interpolation.Bicubic, 2)]
    [InlineData(Interpolation.MitchellCubic, 1)]
    [InlineData(Interpolation.Lanczos3, 0)]
    [InlineData(Interpolation.Lanczos5, 0)]
    [InlineData(Interpolation.Gaussian, 0)]
    [InlineData(Interpolation.Area, 0)]
    [InlineData(Interpolation.Nearest, 0)]
    public void A_kernel_reproduces_what_it_should_of_a_polynomial(Interpolation interpolation, int degree)
    {
        const int From = 24, To = 60;
        for (int power = 0; power <= degree; power++)
        {
            var line = NDArray.From((1, From, 1), [.. Enumerable.Range(0, From).Select(i => (float)Math.Pow((i + 0.5) / From, power))]);
            float[] resized = ImageResize.Apply(line, (1, To), interpolation).ToFloats();
            for (int i = 12; i < To - 12; i++)
                Assert.Equal(Math.Pow((i + 0.5) / To, power), resized[i], 1e-5);
        }
    }

    // Weights at distance x from a single bright pixel, from the kernels' published formulas.
    [Theory]
    [InlineData(Interpolation.Lanczos3, 0.25, 0.8900670)]
    [InlineData(Interpolation.Lanczos3, 1.25, -0.1328714)]
    [InlineData(Interpolation.Gaussian, 0.25, 0.8824969)]
    [InlineData(Interpolation.MitchellCubic, 0.25, 0.7821181)]
    [InlineData(Interpolation.MitchellCubic, 1.25, -0.0234375)]
    public void A_kernel_is_the_published_one(Interpolation interpolation, double x, double weight)
    {
        // Four outputs a pixel: those at 1/8 and 3/8 are not of use, so the picture is twice as wide: quarters.
        const int From = 16;
        var line = new NDArray((1, From, 1));
        line.AsSpan<float>()[8] = 1;
        float[] resized = ImageResize.Apply(line, (1, From * 2), interpolation).ToFloats();
        int at = (int)(2 * (8.5 + x));
        double distance = Math.Abs(((at + 0.5) / 2) - 8.5);
        Assert.Equal(x, distance, 1e-9);
        double sum = Enumerable.Range(-8, 17).Sum(i => Math.Abs((i / 1.0) + 0.25) is var d ? Reference(interpolation, d) : 0);
        Assert.Equal(weight, Reference(interpolation, x), 1e-5);
        Assert.Equal(weight / sum, resized[at], 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Orientation_is_applied_when_asked_for(int orientation)
    {
        const int Height = 8, Width = 16;
        byte[] jpeg = TestPictures.Noise(SKEncodedImageFormat.Jpeg, Width, Height, out _);
        byte[] marked = TestPictures.WithExifRotation(jpeg);
        marked[marked.AsSpan().IndexOf((byte[])[0x12, 1, 3, 0, 1, 0, 0, 0]) + 8] = (byte)orientation;
        byte[] stored = Image.Decode(marked, (Height, Width)).Bytes.ToArray();
        (int height, int width) = orientation > 4 ? (Width, Height) : (Height, Width);
        byte[] upright = Image.Decode(marked, (height, width), options: new ImageOptions { ApplyOrientation = true }).Bytes.ToArray();
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                // EXIF 2.32: which stored row and column the upright picture's show.
                (int row, int column) = orientation switch
                {
                    1 => (y, x),
                    2 => (y, Width - 1 - x),
                    3 => (Height - 1 - y, Width - 1 - x),
                    4 => (Height - 1 - y, x),
                    5 => (x, y),
                    6 => (Height - 1 - x, y),
                    7 => (Height - 1 - x, Width - 1 - y),
                    _ => (x, Width - 1 - y),
                };
                Assert.Equal(stored.AsSpan(((row * Width) + column) * 3, 3).ToArray(), upright.AsSpan(((y * width) + x) * 3, 3).ToArray());
            }
        }
    }

    [Theory]
    [InlineData(20, 10, 5, 5)]
    [InlineData(9, 31, 8, 4)]
    [InlineData(7, 7, 3, 9)]
    [InlineData(1, 40, 6, 6)]
    public void Proportions_are_kept_by_cropping_or_padding(int height, int width, int outHeight, int outWidth)
    {
        byte[] png = TestPictures.Noise(SKEncodedImageFormat.Png, width, height, out byte[] pixels);
        int cropHeight = Math.Min(Math.Max(width * outHeight / outWidth, 1), height), cropWidth = Math.Min(Math.Max(height * outWidth / outHeight, 1), width);
        byte[] part = Part(pixels, height, width, (height - cropHeight) / 2, (width - cropWidth) / 2, cropHeight, cropWidth);
        Assert.Equal(Resized(part, cropHeight, cropWidth, outHeight, outWidth), Image.Decode(png, (outHeight, outWidth), options: new ImageOptions { AspectRatio = AspectRatio.Crop }).Bytes.ToArray());

        int padHeight = Math.Max(width * outHeight / outWidth, height), padWidth = Math.Max(height * outWidth / outHeight, width);
        byte[] padded = Part(pixels, height, width, -((padHeight - height) / 2), -((padWidth - width) / 2), padHeight, padWidth);
        Assert.Equal(Resized(padded, padHeight, padWidth, outHeight, outWidth), Image.Decode(png, (outHeight, outWidth), options: new ImageOptions { AspectRatio = AspectRatio.Pad }).Bytes.ToArray());
    }

    [Fact]
    public void A_small_file_that_asks_for_gigabytes_is_refused()
    {
        byte[] png = TestPictures.Noise(SKEncodedImageFormat.Png, 9, 9, out _);
        foreach (int at in (int[])[16, 20])
            BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(at), 60_000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc32.HashToUInt32(png.AsSpan(12, 17)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidDataException>(() => Image.Decode(png, (4, 4)));
        Assert.Contains("refused: 60000 x 60000 pixels, more than the limit of 134217728", error.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 24);
    }

    [Fact]
    public void Limits_can_be_set()
    {
        using var folder = new PictureFolder();
        string path = folder.Write("a.jpg", TestPictures.SubsampledJpeg);
        Assert.Contains("16 x 16 pixels, more than the limit of 255", Error(new ImageOptions { MaxPixels = 255 }), StringComparison.Ordinal);
        Assert.Contains("295 bytes, more than the limit of 294", Error(new ImageOptions { MaxBytes = 294 }), StringComparison.Ordinal);
        _ = Image.Load(path, (2, 2), options: new ImageOptions { MaxPixels = 256, MaxBytes = 295 });
        string Error(ImageOptions options) => Assert.Throws<InvalidDataException>(() => Image.Load(path, (2, 2), options: options)).Message;
    }

    [Fact]
    public void Scaled_decoding_stays_near_and_is_never_below_the_size()
    {
        byte[] jpeg = Smooth(400, 640);
        foreach ((int height, int width) in ((int, int)[])[(50, 80), (60, 60), (100, 160), (201, 100), (390, 600)])
        {
            var options = new ImageOptions { Antialias = true };
            byte[] full = Image.Decode(jpeg, (height, width), options: options).Bytes.ToArray();
            byte[] scaled = Image.Decode(jpeg, (height, width), options: options with { ScaledDecoding = true }).Bytes.ToArray();
            double mean = full.Zip(scaled, (a, b) => Math.Abs(a - b)).Average();
            Assert.InRange(mean, 0, 1.5);
            Assert.Equal(height >= 201, full.AsSpan().SequenceEqual(scaled));
        }
    }

    private static double Reference(Interpolation interpolation, double x)
    {
        switch (interpolation)
        {
            case Interpolation.Lanczos3:
                return x >= 3 ? 0 : x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x) * (Math.Sin(Math.PI * x / 3) / (Math.PI * x / 3));
            case Interpolation.Gaussian:
                return x < 1.5 ? Math.Exp(-(x * x) / (2 * 0.5 * 0.5)) : 0;
            default:
                const double B = 1 / 3.0, C = 1 / 3.0;
                return x < 1 ? (((12 - (9 * B) - (6 * C)) * x * x * x) + ((-18 + (12 * B) + (6 * C)) * x * x) + (6 - (2 * B))) / 6
                    : x < 2 ? (((-B - (6 * C)) * x * x * x) + (((6 * B) + (30 * C)) * x * x) + (((-12 * B) - (48 * C)) * x) + ((8 * B) + (24 * C))) / 6 : 0;
        }
    }

    private static byte[] Smooth(int height, int width)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int i = 0; i < height * width; i++)
        {
            double y = i / width / (double)height, x = i % width / (double)width;
            (pixels[4 * i], pixels[(4 * i) + 1], pixels[(4 * i) + 2], pixels[(4 * i) + 3]) =
                ((byte)(127 + (100 * Math.Sin(9 * x))), (byte)(127 + (100 * Math.Cos(7 * y))), (byte)(255 * x * y), 255);
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        return data.ToArray();
    }

    private static byte[] Part(byte[] pixels, int height, int width, int top, int left, int partHeight, int partWidth)
    {
        byte[] part = new byte[partHeight * partWidth * 3];
        for (int y = 0; y < partHeight; y++)
        {
            for (int x = 0; x < partWidth; x++)
            {
                (int row, int column) = (top + y, left + x);
                if (row >= 0 && row < height && column >= 0 && column < width)
                    pixels.AsSpan(((row * width) + column) * 3, 3).CopyTo(part.AsSpan(((y * partWidth) + x) * 3));
            }
        }

        return part;
    }

    private static byte[] Resized(byte[] pixels, int height, int width, int outHeight, int outWidth) =>
        [.. BilinearResize.Apply(NDArray.From((height, width, 3), pixels), (outHeight, outWidth)).ToFloats().Select(value => (byte)MathF.Floor(value + 0.5f))];
}
