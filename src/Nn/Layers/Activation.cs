using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// An element-wise function (softmax: over the last axis), as a layer of its own or as the <c>activation</c> of another
/// layer. Keras' names convert: <c>activation: "relu"</c>.
/// </summary>
public sealed class Activation : Layer
{
    // Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks", NIPS 2017, equation 2.
    private const float SeluAlpha = 1.67326324f;
    private const float SeluScale = 1.05070098f;

    private readonly Func<Tensor, Tensor> _function;

    /// <summary>Creates one of the known activations.</summary>
    /// <param name="function">relu, relu6, softmax, log_softmax, sigmoid, hard_sigmoid, tanh, gelu, elu, selu, leaky_relu, silu (or
    /// swish), hard_silu (or hard_swish), softplus or linear.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentException">There is no such activation; the message lists them.</exception>
    public Activation(string function, string? name = null)
        : this(function, Find(function), name) => IsKnown = true;

    /// <summary>Creates an activation of one's own.</summary>
    /// <param name="function">What it is called.</param>
    /// <param name="apply">The function; it keeps the shape.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public Activation(string function, Func<Tensor, Tensor> apply, string? name = null)
        : base(name)
    {
        ArgumentException.ThrowIfNullOrEmpty(function);
        ArgumentNullException.ThrowIfNull(apply);
        Function = function;
        _function = apply;
    }

    /// <summary>max(x, 0).</summary>
    public static Activation Relu => new("relu");

    /// <summary>e^x / Σ e^x over the last axis.</summary>
    public static Activation Softmax => new("softmax");

    /// <summary>1/(1 + e^-x).</summary>
    public static Activation Sigmoid => new("sigmoid");

    /// <summary>The hyperbolic tangent.</summary>
    public static Activation Tanh => new("tanh");

    /// <summary>x·Φ(x), the exact form with erf.</summary>
    public static Activation Gelu => new("gelu");

    /// <summary>x for x > 0, else e^x - 1.</summary>
    public static Activation Elu => new("elu");

    /// <summary>x for x ≥ 0, else 0.2·x.</summary>
    public static Activation LeakyRelu => new("leaky_relu");

    /// <summary>x·sigmoid(x).</summary>
    public static Activation Silu => new("silu");

    /// <summary>ln(1 + e^x).</summary>
    public static Activation Softplus => new("softplus");

    /// <summary>x itself.</summary>
    public static Activation Linear => new("linear");

    /// <summary>The function's name, such as <c>relu</c>.</summary>
    public string Function { get; }

    /// <summary>Whether <see cref="Function"/> says all there is to know: one of the known activations.</summary>
    public bool IsKnown { get; }

    /// <summary>Whether this is the built-in ReLU, which other ops can do in passing.</summary>
    internal bool IsRelu => _function == s_relu;

    private static readonly Func<Tensor, Tensor> s_relu = static x => x.Relu();

    /// <summary>One of the known activations by its name.</summary>
    public static implicit operator Activation(string function) => new(function);

    /// <summary>Applies the function.</summary>
    public Tensor Apply(Tensor x) => _function(x);

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training) => _function(x);

    // Keras 3's; that of Keras 2 was clip(0.2x + 0.5, 0, 1).
    private static Tensor HardSigmoid(Tensor x) => (x + 3).Clip(0, 6) / 6;

    private static Func<Tensor, Tensor> Find(string function) => function switch
    {
        "relu" => s_relu,
        "softmax" => static x => x.Softmax(),
        "sigmoid" => static x => x.Sigmoid(),
        "tanh" => static x => x.Tanh(),
        "gelu" => static x => x.Gelu(),
        "elu" => static x => x.Elu(),
        "leaky_relu" => static x => x.LeakyRelu(),
        "silu" or "swish" => static x => x.Silu(),
        "softplus" => static x => x.Softplus(),
        "relu6" => static x => x.Clip(0, 6),
        "hard_sigmoid" => HardSigmoid,
        "hard_silu" or "hard_swish" => static x => x * HardSigmoid(x),
        "selu" => static x => x.Elu(SeluAlpha) * SeluScale,
        "log_softmax" => static x => x.LogSoftmax(),
        "linear" => static x => x,
        _ => throw new ArgumentException(
            $"there is no activation '{function}'; known are relu, relu6, softmax, log_softmax, sigmoid, hard_sigmoid, tanh, gelu, " +
            "elu, selu, leaky_relu, silu, hard_silu, softplus and linear",
            nameof(function)),
    };
}
