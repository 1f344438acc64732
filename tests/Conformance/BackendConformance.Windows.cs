using CsCheck;
using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <content>Convolution, pooling and what is fused with them, over random geometry.</content>
public abstract partial class BackendConformance
{
    private static readonly Gen<ConvCase> s_convolutions =
        from groups in Gen.Frequency((6, Gen.Const(1)), (1, Gen.Int[2, 4]))
        from channelsIn in Gen.OneOf(Gen.Int[1, 9], Gen.OneOfConst(16, 17, 32))
        from channelsOut in Gen.OneOf(Gen.Int[1, 9], Gen.OneOfConst(15, 16, 24, 33))
        from depthwise in Gen.Frequency((5, Gen.Const(false)), (1, Gen.Const(true)))
        from kernel in Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5])
        from strides in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3])
        from dilation in Gen.Frequency((3, Gen.Const((1, 1))), (1, Gen.Select(Gen.Int[1, 2], Gen.Int[1, 2])))
        from same in Gen.Bool
        from size in Gen.Select(Gen.Int[1, 14], Gen.Int[1, 14])
        from batch in Gen.Int[1, 3]
        let depth = depthwise ? channelsIn : groups
        select new ConvCase(
            new Shape(batch, size.Item1 + ((kernel.Item1 - 1) * dilation.Item1), size.Item2 + ((kernel.Item2 - 1) * dilation.Item2), depthwise ? channelsIn : channelsIn * groups),
            new Shape(kernel.Item1, kernel.Item2, depthwise ? 1 : channelsIn, depthwise ? channelsIn : channelsOut * groups),
            strides, dilation, same ? Padding.Same : Padding.Valid, depth);

    private static readonly Gen<PoolCase> s_poolings =
        from shape in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 15], Gen.Int[1, 15], Gen.OneOf(Gen.Int[1, 9], Gen.OneOfConst(16, 33)))
        from window in Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4])
        from strides in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3])
        from same in Gen.Bool
        select new PoolCase(
            new Shape(shape.Item1, shape.Item2 + window.Item1 - 1, shape.Item3 + window.Item2 - 1, shape.Item4), window, strides, same ? Padding.Same : Padding.Valid);

    [Fact]
    public void Convolutions_of_all_kinds() => s_convolutions.Sample(c => SameWithGradients($"conv2d {c}", Tolerances.ConvolutionOf(c.Kernel), i =>
        i.Normal(c.Input).Conv2D(i.Normal(c.Kernel), null, c.Strides, c.Padding, c.Dilation, c.Groups)), iter: 120, threads: 1);

    // All sums lie at least 1/32 from zero, where ReLU would decide by rounding errors.
    [Fact]
    public void Convolutions_with_bias_and_relu() => s_convolutions.Sample(c => SameWithGradients($"conv2d bias relu {c}", Tolerances.ConvolutionOf(c.Kernel), i =>
        i.Quarters(c.Input).Conv2D(i.Quarters(c.Kernel), i.Quarters(c.Kernel[3]) + (1 / 32f), c.Strides, c.Padding, c.Dilation, c.Groups, relu: true)), iter: 60, threads: 1);

    // From the pictures that the convolution takes, the ones that it gives are known: the transposed one starts there.
    [Fact]
    public void Transposed_convolutions() => s_convolutions.Where(c => c.Groups == 1).Sample(c => SameWithGradients($"conv2d transpose {c}", Tolerances.Convolution, i =>
    {
        Shape given = new Conv2DGeometry(c.Input, c.Kernel, c.Strides, c.Padding, c.Dilation, 1).OutputShape;
        return i.Normal(given).Conv2DTranspose(i.Normal(c.Kernel), c.Input[1], c.Input[2], c.Strides, c.Padding, c.Dilation);
    }), iter: 60, threads: 1);

    [Theory]
    [InlineData(3, 16, 30)]
    [InlineData(16, 32, 27)]
    [InlineData(32, 64, 14)]
    [InlineData(7, 19, 13)]
    [InlineData(8, 8, 58)]
    [InlineData(128, 40, 9)]
    [InlineData(16, 16, 45)]
    [InlineData(24, 48, 12)]
    [InlineData(64, 16, 8)]
    [InlineData(2, 32, 21)]
    [InlineData(16, 19, 74)]
    [InlineData(75, 70, 13)]
    public void Convolutions_of_the_sizes_that_networks_have(int channelsIn, int channelsOut, int size)
    {
        SameWithGradients("conv2d", Tolerances.Convolution, i => i.Normal(2, size, size, channelsIn).Conv2D(i.Normal(3, 3, channelsIn, channelsOut), i.Normal(channelsOut)));
        SameWithGradients("conv2d, same", Tolerances.Convolution, i => i.Normal(3, size, size + 5, channelsIn).Conv2D(
            i.Normal(3, 3, channelsIn, channelsOut), i.Normal(channelsOut), (1, 1), Padding.Same));
    }

    // Tiles of rows that are cut off, pixels and channels that are computed twice, kernels that are no square.
    [Theory]
    [InlineData(3, 3, 3, 16, 23, 24)]
    [InlineData(3, 2, 1, 22, 30, 19)]
    [InlineData(3, 5, 2, 40, 13, 27)]
    [InlineData(3, 3, 4, 32, 16, 17)]
    [InlineData(5, 5, 3, 32, 21, 18)]
    [InlineData(5, 3, 1, 17, 22, 20)]
    [InlineData(5, 4, 4, 48, 15, 26)]
    public void Convolutions_of_pictures(int kernelHeight, int kernelWidth, int channels, int channelsOut, int height, int width)
    {
        Shape kernel = (kernelHeight, kernelWidth, channels, channelsOut);
        SameWithGradients("conv2d, valid", Tolerances.ConvolutionOf(kernel), i => i.Normal(2, height, width, channels).Conv2D(i.Normal(kernel)));
        SameWithGradients("conv2d relu, same", Tolerances.ConvolutionOf(kernel), i => i.Quarters(3, height, width, channels).Conv2D(
            i.Quarters(kernel), i.Quarters(channelsOut) + (1 / 32f), (1, 1), Padding.Same, relu: true));
        foreach (Padding padding in (Padding[])[Padding.Valid, Padding.Same])
        {
            SameAsCast($"conv2d {kernel} {padding}", whole: false, (2, height, width, channels), (i, x) =>
                x.Conv2D(i.Normal(kernel), i.Normal(channelsOut), (1, 1), padding, relu: true));
        }
    }

    // Phases of unequal size, more of them than rows, tiles that are cut off, paddings that are no multiple of the dilation.
    [Theory]
    [InlineData(5, 1, 1, 16, 32, 23)]
    [InlineData(5, 1, 1, 9, 33, 14)]
    [InlineData(5, 2, 3, 8, 17, 29)]
    [InlineData(3, 2, 2, 24, 40, 21)]
    [InlineData(3, 1, 3, 16, 16, 17)]
    [InlineData(3, 4, 1, 11, 8, 26)]
    [InlineData(3, 5, 5, 32, 20, 13)]
    public void Convolutions_with_wide_kernels_and_dilations(int kernel, int dilationH, int dilationW, int channelsIn, int channelsOut, int size)
    {
        SameWithGradients("conv2d, same", Tolerances.Convolution, i => i.Normal(3, size, size + 4, channelsIn).Conv2D(
            i.Normal(kernel, kernel, channelsIn, channelsOut), i.Normal(channelsOut), (1, 1), Padding.Same, (dilationH, dilationW)));
        SameWithGradients("conv2d relu, valid", Tolerances.Convolution, i => i.Quarters(2, size, size, channelsIn).Conv2D(
            i.Quarters(kernel, kernel, channelsIn, channelsOut), i.Quarters(channelsOut) + (1 / 32f), (1, 1), Padding.Valid, (dilationH, dilationW), relu: true));
    }

    // Every other row and column, of even and odd sizes and paddings; tiles that are cut off, also between the two columns of a pair.
    [Theory]
    [InlineData(5, 3, 8, 46, 44)]
    [InlineData(5, 16, 33, 29, 30)]
    [InlineData(5, 9, 40, 31, 29)]
    [InlineData(5, 17, 16, 30, 41)]
    [InlineData(7, 3, 64, 33, 31)]
    [InlineData(7, 4, 20, 30, 37)]
    [InlineData(7, 19, 9, 32, 32)]
    [InlineData(5, 48, 144, 13, 18)]
    public void Convolutions_with_wide_kernels_and_strides(int kernel, int channelsIn, int channelsOut, int height, int width)
    {
        SameWithGradients("conv2d, same", Tolerances.Convolution, i => i.Normal(3, height, width, channelsIn).Conv2D(
            i.Normal(kernel, kernel, channelsIn, channelsOut), i.Normal(channelsOut), (2, 2), Padding.Same));
        SameWithGradients("conv2d relu, valid", Tolerances.Convolution, i => i.Quarters(2, height, width, channelsIn).Conv2D(
            i.Quarters(kernel, kernel, channelsIn, channelsOut), i.Quarters(channelsOut) + (1 / 32f), (2, 2), Padding.Valid, relu: true));
    }

    [Theory]
    [InlineData(3, 16, 3, 1, 11, 14)]
    [InlineData(3, 32, 3, 2, 16, 21)]
    [InlineData(2, 24, 5, 1, 9, 12)]
    [InlineData(1, 8, 3, 2, 7, 5)]
    [InlineData(3, 8, 2, 3, 10, 8)]
    [InlineData(16, 3, 3, 1, 12, 15)]
    [InlineData(40, 2, 3, 2, 13, 20)]
    [InlineData(8, 1, 5, 1, 14, 14)]
    public void Convolutions_from_and_to_few_channels(int channelsIn, int channelsOut, int kernel, int stride, int height, int width)
    {
        SameWithGradients("conv2d, same", Tolerances.Convolution, i => i.Normal(2, height, width, channelsIn).Conv2D(
            i.Normal(kernel, kernel, channelsIn, channelsOut), i.Normal(channelsOut), (stride, stride), Padding.Same));
        SameWithGradients("conv2d relu, valid", Tolerances.Convolution, i => i.Quarters(3, height, width, channelsIn).Conv2D(
            i.Quarters(kernel, kernel, channelsIn, channelsOut), i.Quarters(channelsOut) + (1 / 32f), (stride, stride), Padding.Valid, relu: true));
        SameWithGradients("conv2d, dilated", Tolerances.Convolution, i => i.Normal(1, height, width, channelsIn).Conv2D(
            i.Normal(kernel, kernel, channelsIn, channelsOut), null, (1, 1), Padding.Same, (2, 1)));
    }

    [Theory]
    [InlineData(3, 4, 16, 16, 28, 1)]
    [InlineData(3, 3, 9, 40, 17, 1)]
    [InlineData(3, 2, 33, 10, 15, 2)]
    [InlineData(5, 2, 17, 16, 14, 1)]
    public void Convolutions_in_wide_groups(int kernel, int groups, int groupIn, int groupOut, int size, int dilation)
    {
        SameWithGradients("conv2d, same", Tolerances.Convolution, i => i.Normal(2, size, size + 3, groups * groupIn).Conv2D(
            i.Normal(kernel, kernel, groupIn, groups * groupOut), i.Normal(groups * groupOut), (1, 1), Padding.Same, (dilation, dilation), groups));
        SameWithGradients("conv2d relu, valid", Tolerances.Convolution, i => i.Quarters(3, size, size + 2, groups * groupIn).Conv2D(
            i.Quarters(kernel, kernel, groupIn, groups * groupOut), i.Quarters(groups * groupOut) + (1 / 32f), (1, 1), Padding.Valid, (dilation, dilation), groups, relu: true));
    }

    [Fact]
    public void A_large_kernel_over_few_pixels()
    {
        SameWithGradients("conv2d bias relu", Tolerances.Convolution, i => i.Quarters(1, 7, 7, 130).Conv2D(
            i.Quarters(3, 3, 130, 37), i.Quarters(37) + (1 / 32f), (1, 1), Padding.Same, relu: true));
        SameWithGradients("conv2d, strides, dilation", Tolerances.Convolution, i => i.Normal(2, 9, 6, 130).Conv2D(
            i.Normal(3, 3, 130, 64), null, (2, 1), Padding.Same, (1, 2)));
        SameWithGradients("conv2d, whole panels", Tolerances.Convolution, i => i.Normal(1, 6, 5, 128).Conv2D(
            i.Normal(3, 3, 128, 160), i.Normal(160), (1, 1), Padding.Same));
        SameWithGradients("conv2d, 1x1", Tolerances.Convolution, i => i.Normal(2, 5, 4, 1030).Conv2D(
            i.Normal(1, 1, 1030, 33), i.Normal(33)));
        SameWithGradients("conv2d, 1x1 from crowded pixels", Tolerances.Convolution, i => i.Normal(3, 5, 7, 1024).Conv2D(
            i.Normal(1, 1, 1024, 37), i.Normal(37)));
        SameWithGradients("conv2d, 1x1 to crowded pixels, strides", Tolerances.Convolution, i => i.Normal(2, 7, 10, 40).Conv2D(
            i.Normal(1, 1, 40, 1024), i.Normal(1024), (2, 3)));
        SameWithGradients("conv2d, 1x1 of long pixels, strides", Tolerances.Convolution, i => i.Normal(3, 10, 11, 260).Conv2D(
            i.Normal(1, 1, 260, 45), i.Normal(45), (3, 2), Padding.Same));
        SameWithGradients("conv2d, taps that reach nothing", Tolerances.Convolution, i => i.Normal(5, 2, 2, 48).Conv2D(
            i.Normal(7, 5, 48, 9), i.Normal(9), (1, 1), Padding.Same));
    }

    // Kernel gradients from one result and from several, in one step and in several; channels and pixels that fill no block, gaps between pixels.
    [Theory]
    [InlineData(2, 17, 13, 40, 33, 1, 1)]
    [InlineData(4, 33, 31, 33, 50, 1, 1)]
    [InlineData(1, 3, 5, 64, 17, 1, 1)]
    [InlineData(3, 40, 41, 32, 64, 2, 3)]
    [InlineData(5, 9, 22, 27, 70, 3, 1)]
    public void Convolutions_of_single_taps(int batch, int height, int width, int channelsIn, int channelsOut, int strideH, int strideW)
    {
        var input = new Shape(batch, height, width, channelsIn);
        SameWithGradients("conv2d", Tolerances.Convolution, i => i.Normal(input).Conv2D(
            i.Normal(1, 1, channelsIn, channelsOut), i.Normal(channelsOut), (strideH, strideW)));
        SameWithGradients("conv2d of bytes", Tolerances.Convolution, i => i.Bytes(DType.UNorm8, input).Conv2D(
            i.Normal(1, 1, channelsIn, channelsOut), i.Normal(channelsOut), (strideH, strideW)));
        SameAsCast("conv2d of bytes", whole: false, input, (i, x) => x.Conv2D(
            i.Normal(1, 1, channelsIn, channelsOut), i.Normal(channelsOut), (strideH, strideW)));
    }

    // Kernels that do not fit a cache once they are transformed; panels that are not full, groups of unequal size.
    [Theory]
    [InlineData(128, 144, 3, 1, 1, 7)]
    [InlineData(192, 100, 3, 1, 4, 9)]
    [InlineData(112, 160, 5, 1, 1, 9)]
    [InlineData(144, 128, 3, 2, 2, 11)]
    public void Large_kernels_over_few_tiles(int channelsIn, int channelsOut, int kernel, int dilation, int batch, int size)
    {
        SameWithGradients("conv2d, same", Tolerances.Convolution, i => i.Normal(batch, size, size + 1, channelsIn).Conv2D(
            i.Normal(kernel, kernel, channelsIn, channelsOut), i.Normal(channelsOut), (1, 1), Padding.Same, (dilation, dilation)));
    }

    [Fact]
    public void The_first_layer_needs_no_gradient_of_its_input()
    {
        SameAll("conv2d relu maxpool", Tolerances.Convolution, i =>
        {
            Tensor x = i.Quarters(2, 21, 23, 3);
            using var tape = new GradientTape();
            Tensor kernel = tape.Watch(i.Quarters(3, 3, 3, 5)), bias = tape.Watch(i.Quarters(5));
            Tensor y = x.Conv2DReluMaxPool(kernel, bias, (1, 1), Padding.Valid, (1, 1), 1, (2, 2), (2, 2), Padding.Valid);
            return [.. tape.Gradient(y.Square().Sum(), [kernel, bias]).Select(tape.Return)];
        });
    }

    [Fact]
    public void Pooling_of_all_kinds() => s_poolings.Sample(
        c =>
        {
            SameWithGradients($"max pool {c}", Tolerances.Exact, i => i.Normal(c.Input).MaxPool2D(c.Window, c.Strides, c.Padding), Tolerances.Sum);
            SameWithGradients($"max pool with ties {c}", Tolerances.Exact, i => i.Whole(c.Input).MaxPool2D(c.Window, c.Strides, c.Padding), Tolerances.Sum);
            SameWithGradients($"average pool {c}", Tolerances.Sum, i => i.Normal(c.Input).AveragePool2D(c.Window, c.Strides, c.Padding));
        },
        iter: 80,
        threads: 1);

    [Fact]
    public void A_window_of_more_than_256_positions() => SameWithGradients(
        "max pool 17x17", Tolerances.Exact, i => i.Normal(2, 20, 40, 5).MaxPool2D((17, 17), (3, 5)), Tolerances.Sum);

    // Pictures of several bands of rows, channels of whole vectors and not.
    [Theory]
    [InlineData(70, 41, 64, 3, 2, Padding.Same)]
    [InlineData(70, 41, 33, 3, 1, Padding.Same)]
    [InlineData(90, 300, 3, 2, 2, Padding.Valid)]
    [InlineData(61, 200, 5, 4, 3, Padding.Valid)]
    [InlineData(31, 33, 17, 2, 2, Padding.Valid)]
    [InlineData(31, 33, 40, 2, 3, Padding.Same)]
    public void Pooling_of_large_pictures(int height, int width, int channels, int window, int stride, Padding padding)
    {
        SameWithGradients("max pool", Tolerances.Exact, i => i.Normal(2, height, width, channels).MaxPool2D((window, window), (stride, stride), padding), Tolerances.Sum);
        SameWithGradients("average pool", Tolerances.Sum, i => i.Normal(2, height, width, channels).AveragePool2D((window, window), (stride, stride), padding));
    }

    // Groups that share vectors, with last blocks that hold fewer.
    [Theory]
    [InlineData(32, 4, 4, 3, 1, 1)]
    [InlineData(5, 4, 4, 3, 2, 1)]
    [InlineData(7, 3, 3, 3, 1, 2)]
    [InlineData(9, 1, 2, 3, 1, 1)]
    [InlineData(6, 2, 8, 2, 2, 1)]
    [InlineData(3, 8, 8, 3, 1, 1)]
    [InlineData(11, 5, 7, 1, 1, 1)]
    [InlineData(4, 8, 1, 5, 2, 1)]
    public void Convolutions_in_narrow_groups(int groups, int from, int to, int kernel, int stride, int dilation) =>
        SameWithGradients("conv2d", Tolerances.Sum, i => i.Normal(2, 13, 19, groups * from).Conv2D(
            i.Normal(kernel, kernel, from, groups * to), i.Normal(groups * to), (stride, stride), Padding.Same, (dilation, dilation), groups, relu: false));

    // Widths and heights of either parity, pictures of fewer pixels than the kernel, channels of whole vectors of every kind and rests.
    [Theory]
    [InlineData(3, 1, 29, 7, 10)]
    [InlineData(3, 2, 29, 9, 11)]
    [InlineData(3, 2, 64, 10, 8)]
    [InlineData(3, 2, 5, 1, 2)]
    [InlineData(3, 2, 16, 2, 1)]
    [InlineData(3, 2, 40, 31, 33)]
    [InlineData(5, 1, 29, 9, 11)]
    [InlineData(5, 1, 64, 12, 8)]
    [InlineData(5, 1, 7, 1, 3)]
    [InlineData(5, 1, 16, 4, 2)]
    [InlineData(5, 1, 24, 27, 25)]
    [InlineData(5, 2, 17, 10, 9)]
    public void Depthwise_convolutions(int kernel, int stride, int channels, int height, int width)
    {
        SameWithGradients("depthwise, same", Tolerances.Sum, i => i.Normal(2, height, width, channels).Conv2D(
            i.Normal(kernel, kernel, 1, channels), i.Normal(channels), (stride, stride), Padding.Same, (1, 1), channels));
        SameWithGradients("depthwise relu, valid", Tolerances.Sum, i => i.Quarters(3, height + kernel - 1, width + kernel - 1, channels).Conv2D(
            i.Quarters(kernel, kernel, 1, channels), i.Quarters(channels) + (1 / 32f), (stride, stride), Padding.Valid, (1, 1), channels, relu: true));
    }

    // Rows of several pieces, steps of several rows, one pixel at a time, and every width of the narrow tiles.
    [Theory]
    [InlineData(2, 5, 500, 3, 5, 3, 1)]
    [InlineData(3, 40, 7, 6, 14, 1, 1)]
    [InlineData(1, 33, 31, 9, 37, 2, 1)]
    [InlineData(2, 30, 30, 64, 2, 3, 1)]
    [InlineData(2, 30, 30, 40, 40, 3, 2)]
    [InlineData(9, 20, 20, 5, 21, 1, 1)]
    public void Convolutions_of_many_pixels(int batch, int height, int width, int channelsIn, int channelsOut, int kernel, int stride) =>
        SameWithGradients("conv2d", Tolerances.Sum, i => i.Normal(batch, height, width, channelsIn).Conv2D(
            i.Normal(kernel, kernel, channelsIn, channelsOut), i.Normal(channelsOut), (stride, stride), Padding.Same));

    [Fact]
    public void NaN_wins_a_maximum() => Same("max pool with NaN", Tolerances.Exact, i => i
        .Values(1, float.NaN, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, float.NaN, 16).Reshape(1, 4, 4, 1).MaxPool2D((2, 2)));

    [Fact]
    public void The_first_NaN_stays_in_every_lane() => Same("max pool with NaN", Tolerances.Exact, i => i
        .Values(1, float.NaN, 3, float.NaN, 5, 6).Reshape(1, 2, 3, 1).BroadcastTo(new Shape(1, 2, 3, 27)).MaxPool2D((2, 3)));

    [Theory]
    [InlineData(7, 5)]
    [InlineData(100, 16)]
    [InlineData(10_007, 3)]
    [InlineData(64, 65)]
    public void Batch_normalisation(int rows, int channels) => SameWithGradients("batch normalisation", Tolerances.Sum, i =>
        i.Normal(rows, channels).BatchNormalization(i.Normal(channels), i.Normal(channels), 1e-3f).Y * i.Uniform(-0.5f, 1.5f, rows, channels));

    [Fact]
    public void Batch_normalisation_of_data_far_from_zero() => Same("batch normalisation", Tolerances.Composite, i =>
        (i.Normal(1_001, 5) + 10f).BatchNormalization(i.Normal(5), i.Normal(5), 1e-3f).Y);

    private sealed record ConvCase(Shape Input, Shape Kernel, (int, int) Strides, (int, int) Dilation, Padding Padding, int Groups)
    {
        // Not among what is printed: all of it follows from the rest.
        internal Conv2DGeometry Geometry => new(Input, Kernel, Strides, Padding, Dilation, Groups);
    }

    private sealed record PoolCase(Shape Input, (int, int) Window, (int, int) Strides, Padding Padding);
}
