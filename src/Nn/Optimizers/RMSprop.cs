using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Divides the gradient by the root of its running mean square: v = rho·v + (1 - rho)·g², step = rate·g/√(v + epsilon), with
/// momentum b = momentum·b + step and w -= b.
/// Source: Tieleman and Hinton, "Lecture 6.5 - RMSprop", Neural Networks for Machine Learning, 2012.
/// </summary>
public sealed class RMSprop : Optimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The step size, a number or a schedule; 0.001 when null.</param>
    /// <param name="rho">How much of the mean square is kept, in [0, 1).</param>
    /// <param name="momentum">The share of the last step that is kept, in [0, 1).</param>
    /// <param name="epsilon">Added to the mean square; greater than 0.</param>
    public RMSprop(LearningRateSchedule? learningRate = null, float rho = 0.9f, float momentum = 0, float epsilon = 1e-7f)
        : base("rmsprop", learningRate ?? 0.001f)
    {
        Rho = Decay(rho, nameof(rho));
        Momentum = Decay(momentum, nameof(momentum));
        Epsilon = Range(epsilon, float.Epsilon, float.MaxValue, nameof(epsilon));
        StateNames = Momentum > 0 ? ["velocity", "momentum"] : ["velocity"];
    }

    /// <summary>How much of the mean square is kept.</summary>
    public float Rho { get; }

    /// <summary>The share of the last step that is kept.</summary>
    public float Momentum { get; }

    /// <summary>What is added to the mean square.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> StateNames { get; }

    /// <inheritdoc/>
    protected override void Update(Tensor weights, Tensor gradient, ReadOnlySpan<Variable> state) => weights.Backend.RmspropUpdate(
        weights, gradient, state[0].Value, state.Length > 1 ? state[1].Value : null, new RmspropStep(LearningRate, Rho, Momentum, Epsilon));
}
