using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Stochastic gradient descent: w -= rate·g, or with momentum v = momentum·v - rate·g and w += v.</summary>
public sealed class SGD : Optimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The step size, a number or a schedule; 0.01 when null.</param>
    /// <param name="momentum">The share of the last step that is kept, in [0, 1).</param>
    /// <param name="nesterov">Whether to look ahead: w += momentum·v - rate·g (Nesterov 1983).</param>
    public SGD(LearningRateSchedule? learningRate = null, float momentum = 0, bool nesterov = false)
        : base("sgd", learningRate ?? 0.01f)
    {
        Momentum = Decay(momentum, nameof(momentum));
        Nesterov = nesterov;
        StateNames = Momentum > 0 ? ["momentum"] : [];
    }

    /// <summary>The share of the last step that is kept.</summary>
    public float Momentum { get; }

    /// <summary>Whether steps look ahead.</summary>
    public bool Nesterov { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> StateNames { get; }

    /// <inheritdoc/>
    protected override void Update(Tensor weights, Tensor gradient, ReadOnlySpan<Variable> state) =>
        weights.Backend.SgdUpdate(weights, gradient, state.IsEmpty ? null : state[0].Value, new SgdStep(LearningRate, Momentum, Nesterov));
}
