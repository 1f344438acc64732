using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Steps by the sign of a mix of gradient and momentum, the same distance for every weight.
/// Source: Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023, algorithm 2.
/// </summary>
public sealed class Lion : Optimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The step size, a number or a schedule; 0.001 when null.</param>
    /// <param name="beta1">How much of the momentum the direction is taken from, in [0, 1).</param>
    /// <param name="beta2">How much of the momentum is kept, in [0, 1).</param>
    /// <param name="weightDecay">Before each update, weights lose the share rate · weight decay; at least 0.</param>
    public Lion(LearningRateSchedule? learningRate = null, float beta1 = 0.9f, float beta2 = 0.99f, float weightDecay = 0)
        : base("lion", learningRate ?? 0.001f)
    {
        Beta1 = Decay(beta1, nameof(beta1));
        Beta2 = Decay(beta2, nameof(beta2));
        WeightDecay = Range(weightDecay, 0, float.MaxValue, nameof(weightDecay));
    }

    /// <summary>How much of the momentum the direction is taken from.</summary>
    public float Beta1 { get; }

    /// <summary>How much of the momentum is kept.</summary>
    public float Beta2 { get; }

    private protected override bool AppliesDecay => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> StateNames { get; } = ["momentum"];

    /// <inheritdoc/>
    protected override void Update(Tensor weights, Tensor gradient, ReadOnlySpan<Variable> state) =>
        weights.Backend.LionUpdate(weights, gradient, state[0].Value, new LionStep(LearningRate, Beta1, Beta2, CurrentDecay));
}
