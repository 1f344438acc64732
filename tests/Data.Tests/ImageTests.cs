using CsCheck;
using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Data.Tests;

public sealed class ImageTests : IDisposable
{
    private readonly PictureFolder _folder = new();

    public static TheoryData<string, byte[]> Readable => new()
    {
        { "red.png", TestPictures.Solid(SKEncodedImageFormat.Png, TestPictures.Colour) },
        { "png named.jpg", TestPictures.Solid(SKEncodedImageFormat.Png, TestPictures.Colour) },
        { "bmp named.jpg", TestPictures.Bmp(TestPictures.Colour) },
        { "red.bmp", TestPictures.Bmp(TestPictures.Colour) },
        { "red.gif", TestPictures.Gif },
        { "lossless.webp", TestPictures.Solid(SKEncodedImageFormat.Webp, TestPictures.Colour) },
        { "red.jpg", TestPictures.Solid(SKEncodedImageFormat.Jpeg, TestPictures.Colour) },
        { "cmyk.jpg", TestPictures.CmykJpeg },
        { "transparent.png", TestPictures.Solid(SKEncodedImageFormat.Png, TestPictures.Colour, alpha: 1) },
    };

    public static TheoryData<string, byte[], string> Unreadable => new()
    {
        { "empty.jpg", [], "empty file" },
        { "text.jpg", "This is not a picture.\n"u8.ToArray(), "not an image" },
        { "zeros.png", new byte[500], "not an image" },
        { "header.jpg", TestPictures.SubsampledJpeg[..30], "truncated: the image data ends early, after 30 bytes" },
        { "half.jpg", TestPictures.SubsampledJpeg[..^12], "truncated: the image data ends early, after 283 bytes" },
        { "cmyk.jpg", TestPictures.CmykJpeg[..^10], "truncated" },
        { "grey.jpg", TestPictures.GrayJpeg[..^6], "truncated" },
        { "progressive.jpg", TestPictures.ProgressiveJpeg[..260], "ends early, after 260 bytes" },
        { "half.png", TestPictures.Noise(SKEncodedImageFormat.Png, 20, 20, out _)[..600], "ends early, after 600 bytes" },
        { "half.webp", TestPictures.Noise(SKEncodedImageFormat.Webp, 20, 20, out _)[..300], "ends early, after 300 bytes" },
        { "half.bmp", TestPictures.Bmp(TestPictures.Colour)[..150], "truncated" },
        { "half.gif", TestPictures.Gif[..40], "truncated" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Readable))]
    public void Every_format_gives_its_colours_whatever_its_name(string name, byte[] content)
    {
        NDArray picture = Image.Load(_folder.Write(name, content), (5, 4));
        Assert.Equal(("UNorm8 [5, 4, 3]", DType.UNorm8), (picture.ToString(), picture.DType));
        for (int i = 0; i < picture.Bytes.Length; i++)
            Assert.InRange(picture.Bytes[i], TestPictures.Colour[i % 3] - 2, TestPictures.Colour[i % 3] + 2);
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_is_called_one()
    {
        string folder = Path.GetDirectoryName(_folder.Write("inner/a.txt", "text"u8))!, expected = $"{folder}: a folder, expected a file";
        Assert.Equal(expected, Assert.Throws<InvalidDataException>(() => Image.Load(folder, (5, 4))).Message);
        Assert.Equal(expected, Assert.Throws<InvalidDataException>(() => ImageDataset.FromZip(folder, (5, 4))).Message);
        Assert.Equal(expected, Assert.Throws<InvalidDataException>(() => ImageDataset.FromTar(folder, (5, 4))).Message);
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void Damage_is_named_with_path_and_reason(string name, byte[] content, string reason)
    {
        string path = _folder.Write(name, content);
        var error = Assert.Throws<InvalidDataException>(() => Image.Load(path, (5, 4)));
        Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Greyscale_becomes_rgb_and_colour_becomes_grey()
    {
        string grey = _folder.Write("grey.jpg", TestPictures.GrayJpeg);
        Assert.All(Image.Load(grey, (3, 3)).Bytes.ToArray(), value => Assert.Equal(72, value));
        Assert.All(Image.Load(grey, (3, 3), channels: 1).Bytes.ToArray(), value => Assert.Equal(72, value));

        // 0.299 · 200 + 0.587 · 40 + 0.114 · 10 = 84.42
        string colour = _folder.Write("red.png", TestPictures.Solid(SKEncodedImageFormat.Png, TestPictures.Colour));
        NDArray picture = Image.Load(colour, (3, 4), channels: 1);
        Assert.Equal([3, 4, 1], picture.Shape);
        Assert.All(picture.Bytes.ToArray(), value => Assert.Equal(84, value));
    }

    [Fact]
    public void A_jpeg_has_the_pixels_that_libjpeg_gives()
    {
        NDArray picture = Image.Load(_folder.Write("a.jpg", TestPictures.SubsampledJpeg), (16, 16));
        byte[] expected = TestPictures.SubsampledJpegPixels;
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(picture.Bytes[i], expected[i] - 1, expected[i] + 1);
    }

    [Fact]
    public void A_profile_and_an_exif_orientation_change_nothing()
    {
        using var wide = SKColorSpace.CreateRgb(SKColorSpaceTransferFn.Linear, SKColorSpaceXyz.Rec2020);
        byte[] png = TestPictures.Solid(SKEncodedImageFormat.Png, TestPictures.Colour, profile: wide);
        Assert.NotEqual(-1, png.AsSpan().IndexOf("iCCP"u8));
        Assert.Equal(TestPictures.Colour, Image.Load(_folder.Write("p.png", png), (1, 1)).Bytes.ToArray());

        byte[] jpeg = TestPictures.Noise(SKEncodedImageFormat.Jpeg, 12, 7, out _);
        byte[] rotated = TestPictures.WithExifRotation(jpeg);
        using (var data = SKData.CreateCopy(rotated))
        using (var codec = SKCodec.Create(data))
            Assert.Equal(SKEncodedOrigin.RightTop, codec.EncodedOrigin);
        Assert.Equal(
            Image.Load(_folder.Write("plain.jpg", jpeg), (9, 5)).Bytes.ToArray(),
            Image.Load(_folder.Write("rotated.jpg", rotated), (9, 5)).Bytes.ToArray());
    }

    [Fact]
    public void Resizing_is_that_of_bilinear_resize_rounded() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 30], Gen.Int[1, 30], Gen.Int[1, 30]).Sample(
            (width, height, outHeight, outWidth) =>
            {
                byte[] png = TestPictures.Noise(SKEncodedImageFormat.Png, width, height, out byte[] pixels);
                NDArray actual = Image.Load(_folder.Write("noise.png", png), (outHeight, outWidth));
                NDArray exact = BilinearResize.Apply(NDArray.From((height, width, 3), pixels), (outHeight, outWidth));
                Assert.Equal(exact.ToFloats().Select(value => (byte)MathF.Floor(value + 0.5f)), actual.Bytes.ToArray());
            },
            iter: 50, threads: 1);

    [Fact]
    public void Damaged_bytes_give_a_picture_or_a_clear_error_and_nothing_else()
    {
        byte[][] files =
        [
            TestPictures.SubsampledJpeg, TestPictures.ProgressiveJpeg, TestPictures.CmykJpeg, TestPictures.Gif,
            TestPictures.Bmp(TestPictures.Colour), TestPictures.Noise(SKEncodedImageFormat.Png, 9, 9, out _),
            TestPictures.Noise(SKEncodedImageFormat.Webp, 9, 9, out _),
        ];
        Gen.Select(Gen.Int[0, files.Length - 1], Gen.Double[0, 1], Gen.Select(Gen.Double[0, 0.999], Gen.Byte).Array[0, 6]).Sample(
            (which, kept, changes) =>
            {
                byte[] content = [.. files[which]];
                foreach (var (place, value) in changes)
                    content[(int)(place * content.Length)] = value;
                int length = kept < 0.5 ? (int)(content.Length * kept * 2) : content.Length;
                string path = _folder.Write("fuzz.jpg", content.AsSpan(0, length));
                try
                {
                    Assert.Equal([4, 4, 3], Image.Load(path, (4, 4)).Shape);
                }
                catch (InvalidDataException error)
                {
                    Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
                }
            },
            iter: 500, threads: 1);
    }

    [Fact]
    public void Missing_files_and_bad_arguments_are_refused()
    {
        string path = System.IO.Path.Combine(_folder.Path, "none.jpg");
        var missing = Assert.Throws<FileNotFoundException>(() => Image.Load(path, (4, 4)));
        Assert.Contains(path, missing.Message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Image.Load(path, (0, 4)));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Image.Load(path, (4, -4)));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Image.Load(path, (4, 4), channels: 2));
        _ = Assert.Throws<ArgumentException>(() => Image.Load("", (4, 4)));
    }
}
