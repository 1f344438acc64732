using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <content>Layers that are composed of ops: their output, and the gradients of input and weights.</content>
public abstract partial class BackendConformance
{
    [Theory]
    [InlineData(3, 1, 1, Padding.Valid)]
    [InlineData(5, 2, 2, Padding.Same)]
    [InlineData(1, 3, 1, Padding.Same)]
    public void Depthwise_and_separable_convolutions(int channels, int multiplier, int stride, Padding padding)
    {
        SameWithGradients("DepthwiseConv2D", Tolerances.Sum, i => Layer(
            i, i.Normal(2, 9, 7, channels), given => new DepthwiseConv2D((3, 2), stride, padding, multiplier, depthwiseInitializer: given, biasInitializer: given)));
        SameWithGradients("SeparableConv2D", Tolerances.Composite, i => Layer(
            i, i.Normal(2, 9, 7, channels),
            given => new SeparableConv2D(4, (3, 2), stride, padding, depthMultiplier: multiplier, depthwiseInitializer: given, pointwiseInitializer: given, biasInitializer: given)));
    }

    [Theory]
    [InlineData(3, 1, Padding.Valid)]
    [InlineData(3, 2, Padding.Same)]
    [InlineData(2, 3, Padding.Valid)]
    [InlineData(4, 3, Padding.Same)]
    public void Transposed_convolution_layers(int kernel, int stride, Padding padding) =>
        SameWithGradients("Conv2DTranspose", Tolerances.Convolution, i => Layer(
            i, i.Normal(2, 5, 3, 4), given => new Conv2DTranspose(3, kernel, stride, padding, kernelInitializer: given, biasInitializer: given)));

    [Theory]
    [InlineData(-1)]
    [InlineData(1, 2, 3)]
    [InlineData(2)]
    public void Layer_normalization(params int[] axes) => SameWithGradients("LayerNormalization", Tolerances.Composite, i =>
        i.Own(new LayerNormalization(axes, center: false, scale: false)).Call(i.Normal(3, 5, 4, 7)));

    [Theory]
    [InlineData(1, 7)]
    [InlineData(3, 6)]
    [InlineData(-1, 5)]
    public void Group_normalization(int groups, int channels) => SameWithGradients("GroupNormalization", Tolerances.Composite, i =>
        Layer(i, i.Normal(2, 4, 3, channels), given => new GroupNormalization(groups, betaInitializer: given, gammaInitializer: given)));

    [Fact]
    public void Learned_slopes() => SameWithGradients("PReLU", Tolerances.Composite, i =>
        Layer(i, i.AwayFromZero(3, 4, 5, 7), given => new PReLU(given, sharedAxes: [1, 2])));

    [Theory]
    [InlineData(SampleInterpolation.Nearest, 2, 3)]
    [InlineData(SampleInterpolation.Bilinear, 2, 2)]
    [InlineData(SampleInterpolation.Bilinear, 3, 1)]
    public void Up_sampling(SampleInterpolation interpolation, int height, int width) => SameWithGradients("UpSampling2D", Tolerances.Composite, i =>
        i.Own(new UpSampling2D((height, width), interpolation)).Call(i.Normal(2, 3, 5, 3)));

    [Theory]
    [InlineData(7, 3)]
    [InlineData(1, 1)]
    [InlineData(100, 33)]
    public void Embeddings(int entries, int width) => SameWithGradients("Embedding", Tolerances.Sum, i =>
        Layer(i, i.Indices(entries, 4, 6), given => new Embedding(entries, width, given)));

    private static Tensor Layer(Inputs inputs, Tensor x, Func<Initializer, Layer> create) => inputs.Own(create(new GivenWeights(inputs))).Call(x);

    /// <summary>Weights that are inputs of the test: on its backend, and with gradients.</summary>
    private sealed class GivenWeights(Inputs inputs) : Initializer
    {
        public override Tensor Call(Shape shape) => inputs.Normal(shape);
    }
}
