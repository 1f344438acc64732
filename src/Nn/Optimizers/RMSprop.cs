using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Divides the gradient by the root of its running mean square: v = rho·v + (1 - rho)·g², step = rate·g/√(v + epsilon), with
/// momentum b = momentum·b + step and w -= b. Centred, the running mean a = rho·a + (1 - rho)·g makes a variance of the mean square,
/// v - a² in the place of v.
/// Sources: Tieleman and Hinton, "Lecture 6.5 - RMSprop", Neural Networks for Machine Learning, 2012; Graves, "Generating sequences with
/// recurrent neural networks", arXiv:1308.0850, 2013, equations 38 to 45, for the centred form.
/// </summary>
public sealed class RMSprop : Optimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The step size, a number or a schedule; 0.001 when null.</param>
    /// <param name="rho">How much of the mean square is kept, in [0, 1).</param>
    /// <param name="momentum">The share of the last step that is kept, in [0, 1).</param>
    /// <param name="epsilon">Added to the mean square; greater than 0.</param>
    /// <param name="centered">Whether the gradient is divided by its running standard deviation instead.</param>
    public RMSprop(LearningRateSchedule? learningRate = null, float rho = 0.9f, float momentum = 0, float epsilon = 1e-7f, bool centered = false)
        : base("rmsprop", learningRate ?? 0.001f)
    {
        Rho = Decay(rho, nameof(rho));
        Momentum = Decay(momentum, nameof(momentum));
        Epsilon = Range(epsilon, float.Epsilon, float.MaxValue, nameof(epsilon));
        Centered = centered;
        StateNames = ["velocity", .. Momentum > 0 ? ["momentum"] : Array.Empty<string>(), .. centered ? ["average_gradient"] : Array.Empty<string>()];
    }

    /// <summary>How much of the mean square is kept.</summary>
    public float Rho { get; }

    /// <summary>The share of the last step that is kept.</summary>
    public float Momentum { get; }

    /// <summary>What is added to the mean square.</summary>
    public float Epsilon { get; }

    /// <summary>Whether the gradient is divided by its running standard deviation.</summary>
    public bool Centered { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> StateNames { get; }

    /// <inheritdoc/>
    protected override void Update(Tensor weights, Tensor gradient, ReadOnlySpan<Variable> state)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Variable? momentum = Momentum > 0 ? state[1] : null;
        if (Centered)
            StepByVariance(weights, gradient, state[0], momentum, state[^1]);
        else
            weights.Backend.RmspropUpdate(weights, gradient, state[0].Value, momentum?.Value, new RmspropStep(LearningRate, Rho, Momentum, Epsilon));
    }

    private void StepByVariance(Tensor weights, Tensor gradient, Variable meanSquare, Variable? momentum, Variable mean) =>
        Replace(weights, () =>
        {
            meanSquare.Assign((meanSquare.Value * Rho) + (gradient.Square() * (1 - Rho)));
            mean.Assign((mean.Value * Rho) + (gradient * (1 - Rho)));

            // Never below 0 but for rounding, where gradients hardly change.
            Tensor variance = (meanSquare.Value - mean.Value.Square()).Maximum(0);
            Tensor move = gradient * LearningRate / (variance + Epsilon).Sqrt();
            if (momentum is not null)
            {
                move = (momentum.Value * Momentum) + move;
                momentum.Assign(move);
            }

            return weights - move;
        });
}
