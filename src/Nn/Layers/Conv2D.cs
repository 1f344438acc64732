using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A two-dimensional convolution over pictures [batch, h, w, channels], with bias and activation.</summary>
public sealed class Conv2D : Convolution
{
    /// <summary>Creates the layer.</summary>
    /// <param name="filters">The number of output channels.</param>
    /// <param name="kernelSize">The kernel's height and width.</param>
    /// <param name="strides">Step down and across; 1 when null.</param>
    /// <param name="padding">What happens at the edges.</param>
    /// <param name="dilationRate">Distance between kernel taps; 1 when null.</param>
    /// <param name="groups">The number of independent channel groups; divides the input's and the output's channels.</param>
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
    public Conv2D(
        int filters,
        Size2D kernelSize,
        Size2D? strides = null,
        Padding padding = Padding.Valid,
        Size2D? dilationRate = null,
        int groups = 1,
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
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        if (filters % groups != 0)
            throw new ArgumentException($"{filters} filters do not divide into {groups} groups", nameof(groups));
        Filters = filters;
        Groups = groups;
        KernelInitializer = kernelInitializer ?? new GlorotUniform();
        (KernelRegularizer, KernelConstraint) = (kernelRegularizer, kernelConstraint);
    }

    /// <summary>The number of output channels.</summary>
    public int Filters { get; }

    /// <summary>The number of independent channel groups.</summary>
    public int Groups { get; }

    /// <summary>What gives the kernel its first values.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>What is added to the loss for the kernel, or null.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>What the kernel is brought back to after every step, or null.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>The kernel [height, width, channels / groups, filters]; null before the layer is built.</summary>
    public Variable? Kernel { get; private set; }

    internal override bool TakesScale => Activation is null && ActivityRegularizer is null;

    private protected override Tensor GroupedKernel => Kernel!;

    /// <summary>Whether a max-pooling that follows can be done in the same pass.</summary>
    internal bool CanFusePooling => UseBias && EndsInRelu && ActivityRegularizer is null;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) =>
        Windows.OutputShape(inputShape, KernelSize, Strides, DilationRate, Padding, Filters);

    // A convolution reads the bytes of pictures itself.
    private protected override bool Takes(DType type) => type != DType.Int32;

    /// <inheritdoc/>
    protected override void CreateWeights(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Windows.CheckPictures(inputShape);
        int channels = inputShape[3];
        if (channels == Shape.Unknown)
            throw new ShapeMismatchException($"the number of channels must be known to build the kernel, got {inputShape}");
        if (channels % Groups != 0)
            throw new ShapeMismatchException($"{channels} input channels do not divide into {Groups} groups, got {inputShape}");
        _ = ComputeOutputShape(inputShape);
        Kernel = AddWeight("kernel", (KernelSize.Height, KernelSize.Width, channels / Groups, Filters), KernelInitializer, true, KernelRegularizer, KernelConstraint);
        EndWeights(channels, Filters);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor y = x.Conv2D(Kernel!, Bias?.Value, Strides, Padding, DilationRate, Groups, EndsInRelu);
        return Activate(y, EndsInRelu);
    }

    /// <summary>This layer, its ReLU and a max-pooling in one op.</summary>
    /// <param name="x">The input.</param>
    /// <param name="pool">The max-pooling.</param>
    /// <param name="name">What profilers see.</param>
    internal Tensor CallPooled(Tensor x, MaxPooling2D pool, string name) => CallAs(x, name, input =>
        input.Conv2DReluMaxPool(Kernel!, Bias!, Strides, Padding, DilationRate, Groups, pool.PoolSize, pool.Strides, pool.Padding));
}
