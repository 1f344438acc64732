using CsCheck;
using Numerics.Golden;
using Numerics.Tensors;

namespace Numerics.Data.Tests;

public class BilinearResizeTests
{
    private static readonly Gen<(int H, int W, int C, int OutH, int OutW, int Seed)> Sizes =
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 5], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[0, 1 << 20]);

    public static TheoryData<string> GoldenCases => GoldenFile.Names("resize_bilinear.json");

    [Theory]
    [MemberData(nameof(GoldenCases))]
    public void Golden(string name)
    {
        GoldenCase golden = GoldenFile.Case("resize_bilinear.json", name);
        GoldenTensor expected = golden.Tensor("y");
        NDArray actual = BilinearResize.Apply(golden.Tensor("x").ToNDArray(), (expected.Shape[0], expected.Shape[1]));
        Assert.Equal(expected.Shape, actual.Shape);
        GoldenAssert.Close(expected.Data, [.. actual.ToFloats().Select(value => (double)value)], name);
    }

    [Fact]
    public void Any_size_and_channels_agree_with_a_naive_double_computation() => Sizes.Sample(size =>
    {
        var random = new Random(size.Seed);
        var image = new NDArray((size.H, size.W, size.C));
        foreach (ref float value in image.AsSpan<float>())
            value = (random.NextSingle() * 510f) - 255f;
        float[] actual = BilinearResize.Apply(image, (size.OutH, size.OutW)).ToFloats();
        double[] expected = Naive(image, size.OutH, size.OutW);
        GoldenAssert.Close(expected, [.. actual.Select(value => (double)value)], $"{size}", tolerance: 1e-6);
    });

    [Fact]
    public void Bytes_are_the_floats_rounded_and_the_fourth_byte_is_left_out() => Sizes.Sample(size =>
    {
        var random = new Random(size.Seed);
        var image = new NDArray((size.H, size.W, 4), DType.UInt8);
        random.NextBytes(image.Bytes);
        float[] floats = BilinearResize.Apply(image, (size.OutH, size.OutW)).ToFloats();
        foreach (int channels in (int[])[3, 1])
        {
            int length = size.OutH * size.OutW * channels;
            byte[] poisoned = new byte[length + 8];
            poisoned.AsSpan().Fill(0xA5);
            BilinearResize.ToBytes(image.Bytes, size.H, size.W, poisoned.AsSpan(0, length), (size.OutH, size.OutW), channels);
            for (int i = 0; i < length; i++)
                Assert.Equal((byte)MathF.Floor(floats[(i / channels * 4) + (i % channels)] + 0.5f), poisoned[i]);
            Assert.All(poisoned[length..], value => Assert.Equal(0xA5, value));
        }
    });

    [Fact]
    public void The_same_size_changes_nothing()
    {
        var image = new NDArray((7, 5, 3), DType.UInt8);
        new Random(1).NextBytes(image.Bytes);
        Assert.Equal(image.ToFloats(), BilinearResize.Apply(image, (7, 5)).ToFloats());
    }

    [Fact]
    public void Normalised_bytes_are_resized_as_fractions()
    {
        NDArray image = NDArray.From((1, 2, 1), [0, 255], DType.UNorm8);
        Assert.Equal([0f, 0.25f, 0.75f, 1f], BilinearResize.Apply(image, (1, 4)).ToFloats());
    }

    [Fact]
    public void Bad_shapes_and_sizes_are_refused()
    {
        _ = Assert.Throws<ShapeMismatchException>(() => BilinearResize.Apply(new NDArray((2, 2)), (1, 1)));
        _ = Assert.Throws<ShapeMismatchException>(() => BilinearResize.Apply(new NDArray((0, 2, 3)), (1, 1)));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => BilinearResize.Apply(new NDArray((2, 2, 3)), (0, 1)));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => BilinearResize.Apply(new NDArray((2, 2, 3)), (1, -1)));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => BilinearResize.ToBytes(new byte[15], 2, 2, new byte[3], (1, 1), 3));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => BilinearResize.ToBytes(new byte[16], 2, 2, new byte[2], (1, 1), 3));
    }

    /// <summary>The weighted mean of the four pixels around each position, the position clamped into the picture first.</summary>
    private static double[] Naive(NDArray image, int outHeight, int outWidth)
    {
        (int height, int width, int channels) = (image.Shape[0], image.Shape[1], image.Shape[2]);
        float[] pixels = image.ToFloats();
        var result = new double[outHeight * outWidth * channels];
        for (int y = 0; y < outHeight; y++)
        {
            for (int x = 0; x < outWidth; x++)
            {
                double v = Math.Clamp(((y + 0.5) * height / outHeight) - 0.5, 0, height - 1);
                double u = Math.Clamp(((x + 0.5) * width / outWidth) - 0.5, 0, width - 1);
                for (int c = 0; c < channels; c++)
                {
                    double sum = 0;
                    for (int i = 0; i < height; i++)
                    {
                        for (int j = 0; j < width; j++)
                        {
                            double weight = Math.Max(0, 1 - Math.Abs(v - i)) * Math.Max(0, 1 - Math.Abs(u - j));
                            sum += weight * pixels[(((i * width) + j) * channels) + c];
                        }
                    }

                    result[(((y * outWidth) + x) * channels) + c] = sum;
                }
            }
        }

        return result;
    }
}
