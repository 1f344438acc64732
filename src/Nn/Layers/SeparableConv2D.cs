using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// A convolution of every channel for itself and then one of 1×1 across channels, with bias and activation.
/// Source: Chollet, "Xception: deep learning with depthwise separable convolutions", CVPR 2017.
/// </summary>
public sealed class SeparableConv2D : Convolution
{
    /// <summary>Creates the layer.</summary>
    /// <param name="filters">The number of output channels.</param>
    /// <param name="kernelSize">The depthwise kernel's height and width.</param>
    /// <param name="strides">Step down and across; 1 when null.</param>
    /// <param name="padding">What happens at the edges.</param>
    /// <param name="dilationRate">Distance between kernel taps; 1 when null.</param>
    /// <param name="depthMultiplier">How many outputs a channel has in between.</param>
    /// <param name="activation">What follows; nothing when null.</param>
    /// <param name="useBias">Whether to add a bias.</param>
    /// <param name="depthwiseInitializer">The depthwise kernel's first values; <see cref="GlorotUniform"/> when null.</param>
    /// <param name="pointwiseInitializer">The pointwise kernel's first values; <see cref="GlorotUniform"/> when null.</param>
    /// <param name="biasInitializer">The bias's first values; <see cref="Zeros"/> when null.</param>
    /// <param name="depthwiseRegularizer">What is added to the loss for the depthwise kernel, or null.</param>
    /// <param name="pointwiseRegularizer">What is added to the loss for the pointwise kernel, or null.</param>
    /// <param name="biasRegularizer">What is added to the loss for the bias, or null.</param>
    /// <param name="activityRegularizer">What is added to the loss for the output, a mean over the batch, or null.</param>
    /// <param name="depthwiseConstraint">What the depthwise kernel is brought back to after every step, or null.</param>
    /// <param name="pointwiseConstraint">What the pointwise kernel is brought back to after every step, or null.</param>
    /// <param name="biasConstraint">What the bias is brought back to after every step, or null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public SeparableConv2D(
        int filters,
        Size2D kernelSize,
        Size2D? strides = null,
        Padding padding = Padding.Valid,
        Size2D? dilationRate = null,
        int depthMultiplier = 1,
        Activation? activation = null,
        bool useBias = true,
        Initializer? depthwiseInitializer = null,
        Initializer? pointwiseInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? depthwiseRegularizer = null,
        Regularizer? pointwiseRegularizer = null,
        Regularizer? biasRegularizer = null,
        Regularizer? activityRegularizer = null,
        Constraint? depthwiseConstraint = null,
        Constraint? pointwiseConstraint = null,
        Constraint? biasConstraint = null,
        string? name = null)
        : base(
            kernelSize, strides, padding, dilationRate, activation, useBias, biasInitializer, biasRegularizer, biasConstraint, activityRegularizer, name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(filters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(depthMultiplier, 1);
        Filters = filters;
        DepthMultiplier = depthMultiplier;
        (DepthwiseInitializer, DepthwiseRegularizer, DepthwiseConstraint) = (depthwiseInitializer ?? new GlorotUniform(), depthwiseRegularizer, depthwiseConstraint);
        (PointwiseInitializer, PointwiseRegularizer, PointwiseConstraint) = (pointwiseInitializer ?? new GlorotUniform(), pointwiseRegularizer, pointwiseConstraint);
    }

    /// <summary>The number of output channels.</summary>
    public int Filters { get; }

    /// <summary>How many outputs a channel has in between.</summary>
    public int DepthMultiplier { get; }

    /// <summary>What gives the depthwise kernel its first values.</summary>
    public Initializer DepthwiseInitializer { get; }

    /// <summary>What is added to the loss for the depthwise kernel, or null.</summary>
    public Regularizer? DepthwiseRegularizer { get; }

    /// <summary>What the depthwise kernel is brought back to after every step, or null.</summary>
    public Constraint? DepthwiseConstraint { get; }

    /// <summary>What gives the pointwise kernel its first values.</summary>
    public Initializer PointwiseInitializer { get; }

    /// <summary>What is added to the loss for the pointwise kernel, or null.</summary>
    public Regularizer? PointwiseRegularizer { get; }

    /// <summary>What the pointwise kernel is brought back to after every step, or null.</summary>
    public Constraint? PointwiseConstraint { get; }

    /// <summary>The kernel [height, width, channels, depth multiplier]; null before the layer is built.</summary>
    public Variable? DepthwiseKernel { get; private set; }

    /// <summary>The kernel [1, 1, channels · depth multiplier, filters]; null before the layer is built.</summary>
    public Variable? PointwiseKernel { get; private set; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) =>
        Windows.OutputShape(inputShape, KernelSize, Strides, DilationRate, Padding, Filters);

    /// <inheritdoc/>
    protected override void CreateWeights(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int channels = Windows.Channels(inputShape);
        _ = ComputeOutputShape(inputShape);
        DepthwiseKernel = AddWeight(
            "depthwise_kernel", (KernelSize.Height, KernelSize.Width, channels, DepthMultiplier),
            DepthwiseInitializer, true, DepthwiseRegularizer, DepthwiseConstraint);
        PointwiseKernel = AddWeight(
            "pointwise_kernel", (1, 1, channels * DepthMultiplier, Filters),
            PointwiseInitializer, true, PointwiseRegularizer, PointwiseConstraint);
        EndWeights(channels, Filters);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor channels = DepthwiseConv2D.Convolve(x, DepthwiseKernel!, null, Strides, Padding, DilationRate, relu: false);
        Tensor y = channels.Conv2D(PointwiseKernel!, Bias?.Value, relu: EndsInRelu);
        return Activate(y, EndsInRelu);
    }
}
