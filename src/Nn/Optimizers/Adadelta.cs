using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Steps of the size that steps had lately, in units of the weights: v = rho·v + (1 - rho)·g², d = √(u + epsilon)/√(v + epsilon)·g,
/// u = rho·u + (1 - rho)·d², w -= rate·d. Source: Zeiler, "ADADELTA: an adaptive learning rate method", arXiv:1212.5701, 2012, algorithm 1.
/// </summary>
public sealed class Adadelta : Optimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The factor of each step, a number or a schedule; 0.001 when null, as in Keras, where the paper has 1.</param>
    /// <param name="rho">How much of the means is kept, in [0, 1).</param>
    /// <param name="epsilon">Added to the mean squares; greater than 0.</param>
    public Adadelta(LearningRateSchedule? learningRate = null, float rho = 0.95f, float epsilon = 1e-7f)
        : base("adadelta", learningRate ?? 0.001f)
    {
        Rho = Decay(rho, nameof(rho));
        Epsilon = Range(epsilon, float.Epsilon, float.MaxValue, nameof(epsilon));
    }

    /// <summary>How much of the means is kept.</summary>
    public float Rho { get; }

    /// <summary>What is added to the mean squares.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> StateNames { get; } = ["accumulated_grad", "accumulated_delta"];

    /// <inheritdoc/>
    protected override void Update(Tensor weights, Tensor gradient, ReadOnlySpan<Variable> state)
    {
        Variable gradients = state[0], steps = state[1];
        Replace(weights, () =>
        {
            gradients.Assign((gradients.Value * Rho) + (gradient.Square() * (1 - Rho)));
            Tensor step = (steps.Value + Epsilon).Sqrt() * gradient / (gradients.Value + Epsilon).Sqrt();
            steps.Assign((steps.Value * Rho) + (step.Square() * (1 - Rho)));
            return weights - (step * LearningRate);
        });
    }
}
