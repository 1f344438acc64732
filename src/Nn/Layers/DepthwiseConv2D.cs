using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A convolution of every channel of pictures [batch, h, w, channels] for itself, with bias and activation.</summary>
public sealed class DepthwiseConv2D : Convolution
{
    /// <summary>Creates the layer.</summary>
    /// <param name="kernelSize">The kernel's height and width.</param>
    /// <param name="strides">Step down and across; 1 when null.</param>
    /// <param name="padding">What happens at the edges.</param>
    /// <param name="depthMultiplier">How many outputs a channel has.</param>
    /// <param name="dilationRate">Distance between kernel taps; 1 when null.</param>
    /// <param name="activation">What follows; nothing when null.</param>
    /// <param name="useBias">Whether to add a bias.</param>
    /// <param name="depthwiseInitializer">The depthwise kernel's first values; <see cref="GlorotUniform"/> when null.</param>
    /// <param name="biasInitializer">The bias's first values; <see cref="Zeros"/> when null.</param>
    /// <param name="depthwiseRegularizer">What is added to the loss for the depthwise kernel, or null.</param>
    /// <param name="biasRegularizer">What is added to the loss for the bias, or null.</param>
    /// <param name="activityRegularizer">What is added to the loss for the output, a mean over the batch, or null.</param>
    /// <param name="depthwiseConstraint">What the depthwise kernel is brought back to after every step, or null.</param>
    /// <param name="biasConstraint">What the bias is brought back to after every step, or null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public DepthwiseConv2D(
        Size2D kernelSize,
        Size2D? strides = null,
        Padding padding = Padding.Valid,
        int depthMultiplier = 1,
        Size2D? dilationRate = null,
        Activation? activation = null,
        bool useBias = true,
        Initializer? depthwiseInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? depthwiseRegularizer = null,
        Regularizer? biasRegularizer = null,
        Regularizer? activityRegularizer = null,
        Constraint? depthwiseConstraint = null,
        Constraint? biasConstraint = null,
        string? name = null)
        : base(
            kernelSize, strides, padding, dilationRate, activation, useBias, biasInitializer, biasRegularizer, biasConstraint, activityRegularizer, name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depthMultiplier, 1);
        DepthMultiplier = depthMultiplier;
        (DepthwiseInitializer, DepthwiseRegularizer, DepthwiseConstraint) = (depthwiseInitializer ?? new GlorotUniform(), depthwiseRegularizer, depthwiseConstraint);
    }

    /// <summary>How many outputs a channel has.</summary>
    public int DepthMultiplier { get; }

    /// <summary>What gives the depthwise kernel its first values.</summary>
    public Initializer DepthwiseInitializer { get; }

    /// <summary>What is added to the loss for the depthwise kernel, or null.</summary>
    public Regularizer? DepthwiseRegularizer { get; }

    /// <summary>What the depthwise kernel is brought back to after every step, or null.</summary>
    public Constraint? DepthwiseConstraint { get; }

    /// <summary>The kernel [height, width, channels, depth multiplier]; null before the layer is built.</summary>
    public Variable? Kernel { get; private set; }

    internal override bool TakesScale => Activation is null && ActivityRegularizer is null;

    private protected override Tensor GroupedKernel => Grouped(Kernel!);

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Windows.CheckPictures(inputShape);
        int channels = inputShape[3] == Shape.Unknown ? Shape.Unknown : inputShape[3] * DepthMultiplier;
        return Windows.OutputShape(inputShape, KernelSize, Strides, DilationRate, Padding, channels);
    }

    /// <inheritdoc/>
    protected override void CreateWeights(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int channels = Windows.Channels(inputShape);
        _ = ComputeOutputShape(inputShape);
        Kernel = AddWeight("kernel", (KernelSize.Height, KernelSize.Width, channels, DepthMultiplier), DepthwiseInitializer, true, DepthwiseRegularizer, DepthwiseConstraint);
        EndWeights(channels, channels * DepthMultiplier);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor y = Convolve(x, Kernel!, Bias?.Value, Strides, Padding, DilationRate, EndsInRelu);
        return Activate(y, EndsInRelu);
    }

    /// <summary>A depthwise convolution: one group a channel, whose outputs lie side by side in the kernel already.</summary>
    internal static Tensor Convolve(
        Tensor x, Tensor kernel, Tensor? bias, Size2D strides, Padding padding, Size2D dilation, bool relu) =>
        x.Conv2D(Grouped(kernel), bias, strides, padding, dilation, kernel.Shape[2], relu);

    private static Tensor Grouped(Tensor kernel)
    {
        Shape shape = kernel.Shape;
        return kernel.Reshape(new Shape(shape[0], shape[1], 1, shape[2] * shape[3]));
    }
}
