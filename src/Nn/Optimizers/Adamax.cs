using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Adam with the greatest recent gradient in the place of the mean square: m += (1 - beta1)·(g - m), u = max(beta2·u, |g|),
/// w -= rate/(1 - beta1^t)·m/(u + epsilon). Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 2, with
/// Keras' epsilon.
/// </summary>
public sealed class Adamax : Optimizer
{
    private float _rate;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The step size, a number or a schedule; 0.001 when null.</param>
    /// <param name="beta1">How much of the gradient's mean is kept, in [0, 1).</param>
    /// <param name="beta2">How much of the greatest gradient is kept, in [0, 1).</param>
    /// <param name="epsilon">Added to the greatest gradient; greater than 0.</param>
    public Adamax(LearningRateSchedule? learningRate = null, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-7f)
        : base("adamax", learningRate ?? 0.001f)
    {
        Beta1 = Decay(beta1, nameof(beta1));
        Beta2 = Decay(beta2, nameof(beta2));
        Epsilon = Range(epsilon, float.Epsilon, float.MaxValue, nameof(epsilon));
    }

    /// <summary>How much of the gradient's mean is kept.</summary>
    public float Beta1 { get; }

    /// <summary>How much of the greatest gradient is kept.</summary>
    public float Beta2 { get; }

    /// <summary>What is added to the greatest gradient.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> StateNames { get; } = ["momentum", "norm"];

    /// <inheritdoc/>
    protected override void BeginStep(long step) => _rate = (float)(LearningRate / (1 - Math.Pow(Beta1, step)));

    /// <inheritdoc/>
    protected override void Update(Tensor weights, Tensor gradient, ReadOnlySpan<Variable> state)
    {
        Variable mean = state[0], norm = state[1];
        Replace(weights, () =>
        {
            mean.Assign(mean.Value + ((gradient - mean.Value) * (1 - Beta1)));
            norm.Assign((norm.Value * Beta2).Maximum(gradient.Abs()));
            return weights - (mean.Value * _rate / (norm.Value + Epsilon));
        });
    }
}
