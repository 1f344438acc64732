using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>What convolutions over pictures [batch, h, w, channels] have in common: a window that moves, a bias and an activation.</summary>
public abstract class Convolution : Layer
{
    private protected Convolution(
        Size2D kernelSize,
        Size2D? strides,
        Padding padding,
        Size2D? dilationRate,
        Activation? activation,
        bool useBias,
        Initializer? biasInitializer,
        Regularizer? biasRegularizer,
        Constraint? biasConstraint,
        Regularizer? activityRegularizer,
        string? name)
        : base(name)
    {
        KernelSize = kernelSize.Positive(nameof(kernelSize));
        Strides = (strides ?? 1).Positive(nameof(strides));
        Padding = padding;
        DilationRate = (dilationRate ?? 1).Positive(nameof(dilationRate));
        Activation = activation;
        UseBias = useBias;
        (BiasInitializer, BiasRegularizer, BiasConstraint) = (biasInitializer ?? new Zeros(), biasRegularizer, biasConstraint);
        ActivityRegularizer = activityRegularizer;
    }

    /// <summary>The kernel's height and width.</summary>
    public Size2D KernelSize { get; }

    /// <summary>Step down and across; of a transposed convolution, how much larger pictures become.</summary>
    public Size2D Strides { get; }

    /// <summary>What happens at the edges.</summary>
    public Padding Padding { get; }

    /// <summary>Distance between kernel taps.</summary>
    public Size2D DilationRate { get; }

    /// <summary>What follows the convolution, or null.</summary>
    public Activation? Activation { get; }

    /// <summary>Whether a bias is added.</summary>
    public bool UseBias { get; }

    /// <summary>What gives the bias its first values.</summary>
    public Initializer BiasInitializer { get; }

    /// <summary>What is added to the loss for the bias, or null.</summary>
    public Regularizer? BiasRegularizer { get; }

    /// <summary>What the bias is brought back to after every step, or null.</summary>
    public Constraint? BiasConstraint { get; }

    /// <summary>The bias, one value for each output channel; null before the layer is built, or without one.</summary>
    public Variable? Bias { get; private set; }

    /// <summary>Whether the activation is done by the convolution's op.</summary>
    private protected bool EndsInRelu => Activation is { IsRelu: true };

    /// <summary>
    /// Whether a batch normalisation that follows can be done by the same op: what it multiplies a channel by, the kernel can be multiplied by.
    /// </summary>
    internal virtual bool TakesScale => false;

    /// <summary>This layer, a batch normalisation that does not use its batch, and a ReLU if asked for.</summary>
    /// <param name="x">The input.</param>
    /// <param name="normalization">The batch normalisation.</param>
    /// <param name="relu">Whether ReLU follows.</param>
    /// <param name="name">What profilers see.</param>
    internal Tensor CallNormalized(Tensor x, BatchNormalization normalization, bool relu, string name) => CallAs(x, name, input =>
    {
        (Tensor scale, Tensor shift) = normalization.ScaleAndShift();
        Tensor kernel = GroupedKernel;
        int groups = input.Shape[3] / Math.Max(kernel.Shape[2], 1);

        // Where outputs are fewer than weights, they are multiplied.
        return kernel.Count > ComputeOutputShape(input.Shape).Size
            ? input.Conv2D(kernel, Bias?.Value, Strides, Padding, DilationRate, groups).ScaleShift(scale, shift, relu)
            : input.Conv2D(kernel * scale, Bias is null ? shift : (Bias.Value * scale) + shift, Strides, Padding, DilationRate, groups, relu);
    });

    /// <summary>The kernel [height, width, channels / groups, outputs], where <see cref="TakesScale"/>.</summary>
    private protected virtual Tensor GroupedKernel => throw new NotSupportedException($"{Title} takes no scale");

    /// <summary>Makes the bias, if there is one, and notes the channels that inputs have.</summary>
    private protected void EndWeights(int channels, int outputChannels)
    {
        Bias = UseBias ? AddWeight("bias", outputChannels, BiasInitializer, true, BiasRegularizer, BiasConstraint) : null;
        InputSpec = (Shape.Unknown, Shape.Unknown, Shape.Unknown, channels);
    }

    /// <summary>The activation of what the op gave.</summary>
    private protected Tensor Activate(Tensor y, bool activated) => activated || Activation is null ? y : Activation.Apply(y);
}
