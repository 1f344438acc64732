using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// A transposed convolution over pictures [batch, h, w, channels], which makes them larger by its strides, with bias and
/// activation. Source: Zeiler, Krishnan, Taylor, Fergus, "Deconvolutional networks", CVPR 2010.
/// </summary>
public sealed class Conv2DTranspose : Convolution
{
    /// <summary>Creates the layer.</summary>
    /// <param name="filters">The number of output channels.</param>
    /// <param name="kernelSize">The kernel's height and width.</param>
    /// <param name="strides">How much larger pictures become; 1 when null.</param>
    /// <param name="padding">Same gives size · strides; valid adds what the kernel is larger than the strides.</param>
    /// <param name="dilationRate">Distance between kernel taps; 1 when null. Not together with strides.</param>
    /// <param name="activation">What follows; nothing when null.</param>
    /// <param name="useBias">Whether to add a bias.</param>
    /// <param name="kernelInitializer">The kernel's first values; <see cref="GlorotUniform"/> when null.</param>
    /// <param name="biasInitializer">The bias's first values; <see cref="Zeros"/> when null.</param>
    /// <param name="kernelRegularizer">What is added to the loss for the kernel, or null.</param>
    /// <param name="biasRegularizer">What is added to the loss for the bias, or null.</param>
    /// <param name="activityRegularizer">What is added to the loss for the output, a mean over the batch, or null.</param>
    /// <param name="kernelConstraint">What the kernel is brought back to after every step, or null.</param>
    /// <param name="biasConstraint">What the bias is brought back to after every step, or null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public Conv2DTranspose(
        int filters,
        Size2D kernelSize,
        Size2D? strides = null,
        Padding padding = Padding.Valid,
        Size2D? dilationRate = null,
        Activation? activation = null,
        bool useBias = true,
        Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null,
        Regularizer? kernelRegularizer = null,
        Regularizer? biasRegularizer = null,
        Regularizer? activityRegularizer = null,
        Constraint? kernelConstraint = null,
        Constraint? biasConstraint = null,
        string? name = null)
        : base(
            kernelSize, strides, padding, dilationRate, activation, useBias, biasInitializer, biasRegularizer, biasConstraint, activityRegularizer, name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(filters, 1);
        Filters = filters;
        if (DilationRate != 1 && Strides != 1)
            throw new ArgumentException("strides and a dilation rate other than 1 cannot be used together", nameof(dilationRate));
        (KernelInitializer, KernelRegularizer, KernelConstraint) = (kernelInitializer ?? new GlorotUniform(), kernelRegularizer, kernelConstraint);
    }

    /// <summary>The number of output channels.</summary>
    public int Filters { get; }

    /// <summary>What gives the kernel its first values.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>What is added to the loss for the kernel, or null.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>What the kernel is brought back to after every step, or null.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>The kernel [height, width, filters, channels]; null before the layer is built.</summary>
    public Variable? Kernel { get; private set; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Windows.CheckPictures(inputShape);
        return new Shape(
            inputShape[0],
            Extent(inputShape[1], KernelSize.Height, Strides.Height, DilationRate.Height),
            Extent(inputShape[2], KernelSize.Width, Strides.Width, DilationRate.Width),
            Filters);
    }

    /// <inheritdoc/>
    protected override void CreateWeights(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int channels = Windows.Channels(inputShape);
        Kernel = AddWeight("kernel", (KernelSize.Height, KernelSize.Width, Filters, channels), KernelInitializer, true, KernelRegularizer, KernelConstraint);
        EndWeights(channels, Filters);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Shape output = ComputeOutputShape(x.Shape);
        Tensor y = x.Conv2DTranspose(Kernel!, output[1], output[2], Strides, Padding, DilationRate);
        if (Bias is not null)
            y += Bias;
        return Activate(y, activated: false);
    }

    private int Extent(int size, int kernel, int stride, int dilation)
    {
        if (size == Shape.Unknown)
            return Shape.Unknown;
        int covered = ((kernel - 1) * dilation) + 1;
        return (size * stride) + (Padding == Padding.Same ? 0 : Math.Max(covered - stride, 0));
    }
}
