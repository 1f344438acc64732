using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Follows the regularized leader: n' = n + g², z += g + 2·shrinkage·w - (n'^-power - n^-power)/rate·w, w = 0 where |z| ≤ l1, else
/// (sign(z)·l1 - z)/((beta + n'^-power)/rate + 2·l2). With l1 most weights of rare inputs are exactly 0.
/// Source: McMahan et al., "Ad click prediction: a view from the trenches", KDD 2013, algorithm 1, as Keras has it: its l2 is half the paper's.
/// </summary>
public sealed class Ftrl : Optimizer
{
    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The size of steps, a number or a schedule; 0.001 when null. A step with a rate of 0 changes nothing.</param>
    /// <param name="learningRatePower">How the rate falls with the squares of the gradients, at most 0; 0 for not at all.</param>
    /// <param name="initialAccumulatorValue">What the sums of squares begin with, at least 0; 0 only where every weight has a gradient, or beta or l2
    /// is above 0, for it is divided by them.</param>
    /// <param name="l1RegularizationStrength">The penalty of magnitudes, at least 0.</param>
    /// <param name="l2RegularizationStrength">The penalty of squares, which holds weights near 0, at least 0.</param>
    /// <param name="l2ShrinkageRegularizationStrength">The penalty of squares that is added to the gradient, at least 0.</param>
    /// <param name="beta">The paper's β, which makes the first steps smaller, at least 0.</param>
    public Ftrl(
        LearningRateSchedule? learningRate = null,
        float learningRatePower = -0.5f,
        float initialAccumulatorValue = 0.1f,
        float l1RegularizationStrength = 0,
        float l2RegularizationStrength = 0,
        float l2ShrinkageRegularizationStrength = 0,
        float beta = 0)
        : base("ftrl", learningRate ?? 0.001f)
    {
        LearningRatePower = Range(learningRatePower, -float.MaxValue, 0, nameof(learningRatePower));
        InitialAccumulatorValue = Range(initialAccumulatorValue, 0, float.MaxValue, nameof(initialAccumulatorValue));
        L1RegularizationStrength = Range(l1RegularizationStrength, 0, float.MaxValue, nameof(l1RegularizationStrength));
        L2RegularizationStrength = Range(l2RegularizationStrength, 0, float.MaxValue, nameof(l2RegularizationStrength));
        L2ShrinkageRegularizationStrength = Range(l2ShrinkageRegularizationStrength, 0, float.MaxValue, nameof(l2ShrinkageRegularizationStrength));
        Beta = Range(beta, 0, float.MaxValue, nameof(beta));
    }

    /// <summary>How the rate falls with the squares of the gradients.</summary>
    public float LearningRatePower { get; }

    /// <summary>What the sums of squares begin with.</summary>
    public float InitialAccumulatorValue { get; }

    /// <summary>The penalty of magnitudes.</summary>
    public float L1RegularizationStrength { get; }

    /// <summary>The penalty of squares.</summary>
    public float L2RegularizationStrength { get; }

    /// <summary>The penalty of squares that is added to the gradient.</summary>
    public float L2ShrinkageRegularizationStrength { get; }

    /// <summary>The paper's β.</summary>
    public float Beta { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> StateNames { get; } = ["accumulator", "linear"];

    private protected override float InitialState(string name) => name == "accumulator" ? InitialAccumulatorValue : 0;

    /// <inheritdoc/>
    protected override void Update(Tensor weights, Tensor gradient, ReadOnlySpan<Variable> state)
    {
        float rate = LearningRate;
        if (rate == 0)
            return;
        Variable sum = state[0], linear = state[1];
        Replace(weights, () =>
        {
            Tensor before = sum.Value.Pow(-LearningRatePower), next = sum.Value + gradient.Square(), after = next.Pow(-LearningRatePower);
            Tensor shrunk = L2ShrinkageRegularizationStrength == 0 ? gradient : gradient + (weights * (2 * L2ShrinkageRegularizationStrength));
            linear.Assign(linear.Value + shrunk - ((after - before) / rate * weights));
            sum.Assign(next);
            Tensor quadratic = (after / rate) + ((2 * L2RegularizationStrength) + (Beta / rate));
            return (linear.Value.Clip(-L1RegularizationStrength, L1RegularizationStrength) - linear.Value) / quadratic;
        });
    }
}
