using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Layers against their formulas in plain double-precision loops, over odd sizes.</summary>
public sealed class MoreLayerTests
{
    [Theory]
    [InlineData(1, 1, 1, Padding.Valid)]
    [InlineData(3, 2, 2, Padding.Same)]
    [InlineData(5, 1, 3, Padding.Same)]
    [InlineData(4, 3, 2, Padding.Valid)]
    public void DepthwiseConv2D_convolves_each_channel_for_itself(int channels, int multiplier, int stride, Padding padding)
    {
        NDArray x = RandomArrays.Signed((2, 8, 7, channels));
        using var layer = new DepthwiseConv2D((3, 2), stride, padding, multiplier, biasInitializer: new Constant(0.25f));
        using var scope = new TensorScope();
        Tensor y = layer.Call(x);
        Assert.Equal(new Shape(3, 2, channels, multiplier), layer.Kernel!.Shape);
        Assert.Equal(y.Shape, layer.ComputeOutputShape(x.Shape));
        Assert.Equal(channels * multiplier, y.Shape[3]);
        float[] kernel = layer.Kernel.Value.ToArray();
        for (int c = 0; c < channels; c++)
        {
            for (int m = 0; m < multiplier; m++)
            {
                var one = new NDArray((3, 2, 1, 1));
                for (int tap = 0; tap < 6; tap++)
                    one.AsSpan<float>()[tap] = kernel[(((tap * channels) + c) * multiplier) + m];
                Tensor expected = Tensor.From(x).Slice(3, c, 1).Conv2D(one, null, (stride, stride), padding) + 0.25f;
                Close(expected.ToArray(), y.Slice(3, (c * multiplier) + m, 1).ToArray());
            }
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 6)]
    [InlineData(-1, 5)]
    [InlineData(4, 4)]
    public void GroupNormalization_normalises_each_group_of_channels(int groups, int channels)
    {
        NDArray x = RandomArrays.Signed((2, 3, 5, channels));
        NDArray gamma = RandomArrays.Signed(channels), beta = RandomArrays.Signed(channels);
        using var layer = new GroupNormalization(groups, 1e-2f);
        layer.Build(x.Shape);
        layer.Gamma!.Assign(gamma);
        layer.Beta!.Assign(beta);
        using var scope = new TensorScope();
        float[] values = x.ToFloats();
        int size = groups == -1 ? 1 : channels / groups;
        var expected = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int picture = i / (15 * channels), first = i % channels / size * size;
            double[] group = [.. Enumerable.Range(0, 15 * size).Select(at => (double)values[(picture * 15 * channels) + (at / size * channels) + first + (at % size)])];
            double mean = group.Average(), variance = group.Average(value => (value - mean) * (value - mean));
            expected[i] = (float)(((values[i] - mean) / Math.Sqrt(variance + 1e-2) * gamma.AsSpan<float>()[i % channels]) + beta.AsSpan<float>()[i % channels]);
        }

        Close(expected, layer.Call(x).ToArray());
    }

    [Fact]
    public void GroupNormalization_refuses_groups_that_do_not_divide_the_channels()
    {
        using var layer = new GroupNormalization(3);
        Assert.Contains("7 channels do not make 3 groups", Assert.Throws<ShapeMismatchException>(() => layer.Build((1, 2, 2, 7))).Message, StringComparison.Ordinal);
        using var many = new GroupNormalization();
        _ = Assert.Throws<ShapeMismatchException>(() => many.Build((1, 2, 2, 16)));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new GroupNormalization(0));
    }

    [Fact]
    public void UnitNormalization_makes_vectors_of_length_one()
    {
        using var scope = new TensorScope();
        using var layer = new UnitNormalization();
        float[] y = layer.Call((NDArray)new float[,] { { 3, 4 }, { 0, 0 }, { -5, 12 } }).ToArray();
        Close([0.6f, 0.8f, 0, 0, -5 / 13f, 12 / 13f], y);
        using var whole = new UnitNormalization([1, 2]);
        Assert.Equal(1, whole.Call(RandomArrays.Signed(1, 4, 3)).Square().Sum().Item(), 1e-5f);
    }

    [Fact]
    public void SeparableConv2D_is_a_depthwise_convolution_and_a_small_one()
    {
        NDArray x = RandomArrays.Signed((2, 6, 9, 3));
        using var layer = new SeparableConv2D(5, 3, padding: Padding.Same, depthMultiplier: 2, activation: "relu");
        using var scope = new TensorScope();
        Tensor y = layer.Call(x);
        Assert.Equal(["depthwise_kernel", "pointwise_kernel", "bias"], layer.Variables.Select(variable => variable.Name.Split('/')[^1]));
        Assert.Equal(new Shape(1, 1, 6, 5), layer.PointwiseKernel!.Shape);
        using var depthwise = new DepthwiseConv2D(3, padding: Padding.Same, depthMultiplier: 2, useBias: false);
        depthwise.Build(x.Shape);
        depthwise.Kernel!.Assign(layer.DepthwiseKernel!.Value);
        Tensor expected = depthwise.Call(x).Reshape(-1, 6).MatMul(layer.PointwiseKernel.Value.Reshape(6, 5)).Relu();
        Close(expected.ToArray(), y.ToArray());
        Assert.Equal(new Shape(2, 6, 9, 5), layer.ComputeOutputShape(x.Shape));
    }

    [Theory]
    [InlineData(3, 2, Padding.Same)]
    [InlineData(3, 2, Padding.Valid)]
    [InlineData(2, 3, Padding.Valid)]
    [InlineData(4, 1, Padding.Same)]
    [InlineData(1, 2, Padding.Same)]
    public void Conv2DTranspose_spreads_each_pixel_over_a_kernel(int size, int stride, Padding padding)
    {
        NDArray x = RandomArrays.Signed((2, 4, 5, 3));
        using var layer = new Conv2DTranspose(2, size, stride, padding, biasInitializer: new Constant(-0.5f));
        using var scope = new TensorScope();
        Tensor y = layer.Call(x);
        Assert.Equal(y.Shape, layer.ComputeOutputShape(x.Shape));
        Assert.Equal(padding == Padding.Same ? 4 * stride : (4 * stride) + Math.Max(size - stride, 0), y.Shape[1]);
        Assert.Equal(new Shape(size, size, 2, 3), layer.Kernel!.Shape);
        float[] kernel = layer.Kernel.Value.ToArray(), values = x.ToFloats(), actual = y.ToArray();
        (int height, int width) = (y.Shape[1], y.Shape[2]);

        // Same padding cuts as many rows off the front as the convolution would have put there.
        int before = padding == Padding.Same ? Math.Max(size - stride, 0) / 2 : 0;
        var expected = new double[actual.Length];
        Array.Fill(expected, -0.5);
        for (int n = 0; n < 2; n++)
        {
            for (int i = 0; i < 4 * 5 * size * size * 2 * 3; i++)
            {
                int c = i % 3, f = i / 3 % 2, b = i / 6 % size, a = i / (6 * size) % size, w = i / (6 * size * size) % 5, h = i / (30 * size * size);
                int row = (h * stride) + a - before, column = (w * stride) + b - before;
                if (row < 0 || column < 0 || row >= height || column >= width)
                    continue;
                expected[(((((n * height) + row) * width) + column) * 2) + f] +=
                    (double)values[(((((n * 4) + h) * 5) + w) * 3) + c] * kernel[(((((a * size) + b) * 2) + f) * 3) + c];
            }
        }

        Close([.. expected.Select(value => (float)value)], actual);
    }

    [Theory]
    [InlineData(new[] { -1 })]
    [InlineData(new[] { 1, 2 })]
    [InlineData(new[] { 3, 1 })]
    public void LayerNormalization_makes_each_example_standard(int[] axes)
    {
        NDArray x = RandomArrays.Signed((3, 4, 5, 7));
        using var layer = new LayerNormalization(axes);
        using var scope = new TensorScope();
        Tensor y = layer.Call(x);
        int[] sorted = [.. axes.Select(axis => (axis + 4) % 4).Order()];
        Assert.Equal(new Shape([.. sorted.Select(axis => x.Shape[axis])]), layer.Variables[0].Shape);
        double[] values = [.. x.ToFloats().Select(value => (double)value)];
        var expected = new float[values.Length];
        foreach (var group in Enumerable.Range(0, values.Length).GroupBy(i => Key(i)))
        {
            double mean = group.Average(i => values[i]), variance = group.Average(i => Math.Pow(values[i] - mean, 2));
            foreach (int i in group)
                expected[i] = (float)((values[i] - mean) / Math.Sqrt(variance + 1e-3));
        }

        Close(expected, y.ToArray());

        // Gamma and beta go along the normalised axes.
        layer.Variables[0].Assign(Tensor.Full(layer.Variables[0].Shape, 2));
        layer.Variables[1].Assign(Tensor.Full(layer.Variables[1].Shape, 1));
        Close([.. expected.Select(value => (2 * value) + 1)], layer.Call(x).ToArray());

        string Key(int i)
        {
            int[] place = [i / 140, i / 35 % 4, i / 7 % 5, i % 7];
            return string.Join(' ', place.Where((_, axis) => !sorted.Contains(axis)));
        }
    }

    [Fact]
    public void Normalizations_take_initializers_regularizers_and_constraints()
    {
        using var scope = new TensorScope();
        NDArray x = RandomArrays.Signed((5, 3));
        using var batch = new BatchNormalization(
            betaInitializer: new Constant(-1), gammaInitializer: new Constant(2), movingMeanInitializer: new Constant(0.5f),
            movingVarianceInitializer: new Constant(4), betaRegularizer: new L2(0.1f), gammaRegularizer: new L1(0.5f),
            betaConstraint: new NonNeg(), gammaConstraint: new MaxNorm(1));
        Close([.. x.ToFloats().Select(value => (2 * (value - 0.5f) / MathF.Sqrt(4.001f)) - 1)], batch.Call(x).ToArray());
        Check(batch);

        using var layer = new LayerNormalization(
            betaInitializer: new Constant(-1), gammaInitializer: new Constant(2), betaRegularizer: new L2(0.1f), gammaRegularizer: new L1(0.5f),
            betaConstraint: new NonNeg(), gammaConstraint: new MaxNorm(1));
        using var plain = new LayerNormalization();
        Close([.. plain.Call(x).ToArray().Select(value => (2 * value) - 1)], layer.Call(x).ToArray());
        Check(layer);

        static void Check(Normalization layer)
        {
            // Beta is -1, -1, -1, gamma 2, 2, 2.
            Assert.Equal((0.1f * 3) + (0.5f * 6), layer.Losses.Sum(loss => loss.Item()), 1e-5f);
            using var optimizer = new SGD(0);
            optimizer.Apply([Tensor.Ones(3), Tensor.Ones(3)], layer.TrainableVariables);
            Assert.Equal([0f, 0, 0], layer.Beta!.Value.ToArray());
            float third = MathF.Sqrt(1 / 3f);
            Close([third, third, third], layer.Gamma!.Value.ToArray());
        }
    }

    [Fact]
    public void UpSampling2D_repeats_or_blends_pixels()
    {
        using var scope = new TensorScope();
        NDArray x = NDArray.From((1, 1, 2, 1), [1f, 3]);
        using var nearest = new UpSampling2D((2, 3));
        Assert.Equal([1f, 1, 1, 3, 3, 3, 1, 1, 1, 3, 3, 3], nearest.Call(x).ToArray());
        Assert.Equal(new Shape(1, 2, 6, 1), nearest.ComputeOutputShape(x.Shape));
        using var bilinear = new UpSampling2D((1, 2), SampleInterpolation.Bilinear);
        Assert.Equal([1f, 1.5f, 2.5f, 3], bilinear.Call(x).ToArray());

        // Every old pixel's shares in the new ones add up to the factors' product.
        using var larger = new UpSampling2D((3, 2), SampleInterpolation.Bilinear);
        NDArray random = RandomArrays.Signed((2, 5, 4, 3));
        Assert.Equal(6 * random.ToFloats().Sum(value => (double)value), larger.Call(random).ToArray().Sum(value => (double)value), 1e-3);
    }

    [Fact]
    public void Embedding_looks_rows_up()
    {
        using var layer = new Embedding(5, 2, new Constant(NDArray.From((5, 2), [0f, 1, 2, 3, 4, 5, 6, 7, 8, 9])));
        using var scope = new TensorScope();
        Assert.Equal([6f, 7, 0, 1, 8, 9, 0, 1], layer.Call(NDArray.From((2, 2), [3, 0, 4, 0])).ToArray());
        Assert.Equal(new Shape(Shape.Unknown, 2, 2), layer.OutputShape);

        // A row that is looked up twice has both gradients.
        using var tape = new GradientTape();
        Tensor y = layer.Call(Tensor.From(3, [1, 1, 2]));
        Assert.Equal([0f, 0, 2, 2, 1, 1, 0, 0, 0, 0], tape.Gradient(y.Sum(), layer.Embeddings!.Value).ToArray());
        _ = Assert.Throws<ArgumentException>(() => layer.Call(Tensor.From(1, [5])));
    }

    [Fact]
    public void An_embedding_in_a_model_gets_whole_numbers()
    {
        using var model = new Sequential { new Embedding(20_000_000, 1, new Zeros()), new Flatten() };
        model.Build((Shape.Unknown, 1));
        Variable rows = ((Embedding)model.Layers[0]).Embeddings!;
        var values = new NDArray(rows.Shape);
        values.AsSpan<float>()[16_777_217] = 7;
        rows.Assign(values);
        Assert.Equal([7f], model.Predict(NDArray.From((1, 1), [16_777_217])).ToFloats());
    }

    [Fact]
    public void Bad_settings_and_shapes_are_refused()
    {
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new DepthwiseConv2D(3, depthMultiplier: 0));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new SeparableConv2D(0, 3));
        _ = Assert.Throws<ArgumentException>(() => new Conv2DTranspose(2, 3, strides: 2, dilationRate: 2));
        _ = Assert.Throws<ArgumentException>(() => new LayerNormalization([0]));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new LayerNormalization(epsilon: 0));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new UpSampling2D(0));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(0, 1));
        using var depthwise = new DepthwiseConv2D(3);
        Assert.Contains("DepthwiseConv2D", Assert.Throws<ShapeMismatchException>(() => depthwise.Call(new NDArray((2, 3)))).Message, StringComparison.Ordinal);
        using var normalization = new LayerNormalization([1, -1]);
        _ = Assert.Throws<ShapeMismatchException>(() => normalization.Build((Shape.Unknown, 3)));
    }

    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 2e-5 * Math.Max(1, Math.Abs(expected[i])), $"element {i}: expected {expected[i]}, got {actual[i]}");
    }
}
