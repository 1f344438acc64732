using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A fully connected layer over the last axis: activation(x·kernel + bias).</summary>
public sealed class Dense : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="units">The number of outputs.</param>
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
    public Dense(
        int units,
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
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        Units = units;
        Activation = activation;
        UseBias = useBias;
        KernelInitializer = kernelInitializer ?? new GlorotUniform();
        BiasInitializer = biasInitializer ?? new Zeros();
        (KernelRegularizer, BiasRegularizer, ActivityRegularizer) = (kernelRegularizer, biasRegularizer, activityRegularizer);
        (KernelConstraint, BiasConstraint) = (kernelConstraint, biasConstraint);
    }

    /// <summary>The number of outputs.</summary>
    public int Units { get; }

    /// <summary>What follows the product, or null.</summary>
    public Activation? Activation { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <summary>What gives the kernel its first values.</summary>
    public Initializer KernelInitializer { get; }

    /// <summary>What gives the bias its first values.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>What is added to the loss for the kernel, or null.</summary>
    public Regularizer? KernelRegularizer { get; }

    /// <summary>What is added to the loss for the bias, or null.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>What the kernel is brought back to after every step, or null.</summary>
    public Constraint? KernelConstraint { get; }

    /// <summary>What the bias is brought back to after every step, or null.</summary>
    public Constraint? BiasConstraint { get; }

    /// <summary>The kernel [in, units]; null before the layer is built.</summary>
    public Variable? Kernel { get; private set; }

    /// <summary>The bias [units]; null before the layer is built, or without one.</summary>
    public Variable? Bias { get; private set; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return CheckRank(inputShape).With(-1, Units);
    }

    /// <inheritdoc/>
    protected override void CreateWeights(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int inputs = CheckRank(inputShape)[-1];
        if (inputs == Shape.Unknown)
            throw new ShapeMismatchException($"the last extent must be known to build the kernel, got {inputShape}");
        Kernel = AddWeight("kernel", (inputs, Units), KernelInitializer, true, KernelRegularizer, KernelConstraint);
        Bias = UseBias ? AddWeight("bias", Units, BiasInitializer, true, BiasRegularizer, BiasConstraint) : null;
        InputSpec = Shape.OfRank(inputShape.Rank).With(-1, inputs);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        bool relu = Bias is not null && Activation is { IsRelu: true };
        Tensor rows = x.Rank == 2 ? x : x.Reshape(new Shape(x.Shape.Product(..^1), x.Shape[-1]));
        Tensor y = Bias is null ? rows.MatMul(Kernel!) : rows.Dense(Kernel!, Bias, relu);
        if (x.Rank != 2)
            y = y.Reshape(x.Shape.With(-1, Units));
        return relu || Activation is null ? y : Activation.Apply(y);
    }

    private static Shape CheckRank(Shape inputShape) => inputShape.Rank >= 2
        ? inputShape
        : throw new ShapeMismatchException($"expected input [batch, .., features], got {inputShape}");
}
