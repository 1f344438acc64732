using System.Runtime.InteropServices;
using CsCheck;
using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <content>
/// Convolutions of pictures of bytes: the very bits that a cast before gives, whether a backend reads the bytes itself or not.
/// </content>
public abstract partial class BackendConformance
{
    [Fact]
    public void Convolutions_of_bytes_of_all_kinds() => Gen.Select(s_convolutions, Gen.Bool, Gen.Bool, Gen.Bool).Sample(
        (c, bias, relu, whole) =>
        {
            SameAsCast($"conv2d {c}", whole, c.Input, (i, x) =>
                x.Conv2D(i.Normal(c.Kernel), bias ? i.Normal(c.Kernel[3]) : null, c.Strides, c.Padding, c.Dilation, c.Groups, relu));
            SameWithGradients($"conv2d of bytes {c}", Tolerances.ConvolutionOf(c.Kernel), i =>
                i.Bytes(DType.UNorm8, c.Input).Conv2D(i.Normal(c.Kernel), null, c.Strides, c.Padding, c.Dilation, c.Groups));
        },
        iter: 60,
        threads: 1);

    // Colours and single channels in rows of any rest, 1 x 1 kernels, strides that skip rows, pictures with a row too many.
    [Theory]
    [InlineData(1, 1, 16, 3, 3, 1, 9, 9)]
    [InlineData(2, 3, 16, 3, 3, 1, 30, 33)]
    [InlineData(1, 3, 16, 3, 3, 1, 4, 4)]
    [InlineData(3, 4, 32, 3, 3, 1, 21, 18)]
    [InlineData(2, 3, 24, 3, 3, 1, 17, 39)]
    [InlineData(2, 2, 5, 3, 3, 1, 12, 13)]
    [InlineData(1, 3, 64, 7, 7, 2, 37, 40)]
    [InlineData(2, 3, 12, 1, 1, 1, 11, 15)]
    [InlineData(2, 3, 12, 4, 4, 4, 22, 19)]
    [InlineData(20, 3, 16, 3, 3, 1, 14, 10)]
    [InlineData(1, 1, 16, 3, 15, 1, 12, 41)]
    [InlineData(2, 5, 16, 5, 5, 1, 40, 23)]
    [InlineData(1, 9, 16, 3, 3, 1, 40, 40)]
    public void Convolutions_of_bytes_as_networks_begin(int batch, int channels, int filters, int height, int width, int stride, int rows, int columns)
    {
        foreach (Padding padding in (Padding[])[Padding.Valid, Padding.Same])
        {
            var input = new Shape(batch, rows, columns, channels);
            var kernel = new Shape(height, width, channels, filters);
            SameAsCast($"conv2d {input} {kernel} {padding}", whole: false, input, (i, x) =>
                x.Conv2D(i.Normal(kernel), i.Normal(filters), (stride, stride), padding, relu: true));
            SameAsCast($"conv2d relu maxpool {input} {kernel} {padding}", whole: true, input, (i, x) =>
                x.Conv2DReluMaxPool(i.Normal(kernel), i.Normal(filters), (stride, stride), padding, (1, 1), 1, (2, 2), (2, 2), Padding.Same));
            if (rows / stride < height + 2 || columns / stride < width + 2)
                continue;
            SameAsCast($"conv2d relu maxpool {input} {kernel} {padding}", whole: false, input, (i, x) =>
                x.Conv2DReluMaxPool(i.Normal(kernel), i.Normal(filters), (stride, stride), padding, (1, 1), 1, (2, 2), (2, 2), Padding.Valid));
        }
    }

    [Fact]
    public void A_fused_convolution_of_bytes_on_the_tape() => SameWithGradients("conv2d relu maxpool of bytes", Tolerances.Convolution, i => i
        .Bytes(DType.UInt8, (2, 15, 12, 3))
        .Conv2DReluMaxPool(i.Quarters(3, 3, 3, 5), i.Quarters(5), (1, 1), Padding.Same, (1, 1), 1, (2, 2), (2, 2), Padding.Valid));

    [Fact]
    public void A_batch_of_no_bytes() => SameAsCast("conv2d", whole: false, (0, 8, 8, 3), (i, x) => x.Conv2D(i.Normal(3, 3, 3, 4), i.Normal(4)));

    // In runs of every length, so that each byte passes through vectors and their rests.
    [Fact]
    public void Every_byte_is_the_nearest_float()
    {
        using var scope = new TensorScope();
        for (int length = 1; length <= 256; length++)
        {
            byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)(i + length))];
            Assert.Equal([.. bytes.Select(b => b / 255f)], Bytes(DType.UNorm8, length, bytes, _tested).Cast(DType.Float32).ToArray());
            Assert.Equal([.. bytes.Select(b => (float)b)], Bytes(DType.UInt8, length, bytes, _tested).Cast(DType.Float32).ToArray());
        }
    }

    [Fact]
    public void Integers_are_no_pictures()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.From((1, 4, 4, 1), new int[16], _tested), kernel = Tensor.Ones((3, 3, 1, 1), _tested);
        Exception error = Assert.Throws<ArgumentException>(() => x.Conv2D(kernel));
        Assert.Equal("Conv2D: expected Float32 or bytes, got Int32 [1, 4, 4, 1]; convert it with Cast()", error.Message);
    }

    private static Tensor Bytes(DType type, Shape shape, byte[] bytes, Backend backend) => Tensor.From(NDArray.From(shape, bytes, type), backend);

    /// <summary>Compares result and gradients for pictures of bytes with those for the same pictures cast before, bit by bit.</summary>
    private void SameAsCast(string what, bool whole, Shape input, Func<Inputs, Tensor, Tensor> compute)
    {
        DType type = whole ? DType.UInt8 : DType.UNorm8;
        List<float[]> cast = Differentiate(_tested, i => compute(i, i.Bytes(type, input).Cast(DType.Float32)), tensor => tensor.ToArray());
        Poison();
        List<float[]> read = Differentiate(_tested, i => compute(i, i.Bytes(type, input)), tensor => tensor.ToArray());
        Assert.Equal(cast.Count, read.Count);
        for (int i = 0; i < cast.Count; i++)
        {
            string part = i == 0 ? "the result" : $"the gradient of input {i - 1}";
            Assert.True(MemoryMarshal.Cast<float, int>(cast[i]).SequenceEqual(MemoryMarshal.Cast<float, int>(read[i])), $"{what} of {type}, {part} (seed {Seed})");
        }
    }
}
