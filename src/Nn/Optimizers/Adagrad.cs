using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Divides the gradient by the root of the sum of its squares so far: a += g², w -= rate·g/√(a + epsilon).
/// Source: Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic optimization", JMLR 12, 2011; epsilon stands
/// where Keras has it.
/// </summary>
public sealed class Adagrad : Optimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The step size, a number or a schedule; 0.001 when null.</param>
    /// <param name="initialAccumulatorValue">What the sums begin with, at least 0.</param>
    /// <param name="epsilon">Added to the sum; greater than 0.</param>
    public Adagrad(LearningRateSchedule? learningRate = null, float initialAccumulatorValue = 0.1f, float epsilon = 1e-7f)
        : base("adagrad", learningRate ?? 0.001f)
    {
        InitialAccumulatorValue = Range(initialAccumulatorValue, 0, float.MaxValue, nameof(initialAccumulatorValue));
        Epsilon = Range(epsilon, float.Epsilon, float.MaxValue, nameof(epsilon));
    }

    /// <summary>What the sums begin with.</summary>
    public float InitialAccumulatorValue { get; }

    /// <summary>What is added to the sum.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> StateNames { get; } = ["accumulator"];

    private protected override float InitialState(string name) => InitialAccumulatorValue;

    /// <inheritdoc/>
    protected override void Update(Tensor weights, Tensor gradient, ReadOnlySpan<Variable> state)
    {
        Variable sum = state[0];
        Replace(weights, () =>
        {
            sum.Assign(sum.Value + gradient.Square());
            return weights - (gradient * LearningRate / (sum.Value + Epsilon).Sqrt());
        });
    }
}
