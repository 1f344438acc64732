using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Adam: steps along the running mean of the gradient over the root of its running mean square, both corrected for their start
/// at zero; epsilon stands outside the correction, as in Keras. AMSGrad takes the greatest mean square so far in place of that of now.
/// Sources: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, last paragraph of section 2; Reddi, Kale and Kumar,
/// "On the convergence of Adam and beyond", ICLR 2018, algorithm 2.
/// </summary>
public class Adam : Optimizer
{
    private AdamStep _step;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The step size, a number or a schedule; 0.001 when null.</param>
    /// <param name="beta1">How much of the mean is kept, in [0, 1).</param>
    /// <param name="beta2">How much of the mean square is kept, in [0, 1).</param>
    /// <param name="epsilon">Added to the root; greater than 0.</param>
    /// <param name="amsGrad">Whether the greatest mean square so far counts.</param>
    public Adam(LearningRateSchedule? learningRate = null, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-7f, bool amsGrad = false)
        : this("adam", learningRate, 0, beta1, beta2, epsilon, amsGrad)
    {
    }

    /// <summary>Creates Adam, or a form of it that decays weights.</summary>
    private protected Adam(string name, LearningRateSchedule? learningRate, float weightDecay, float beta1, float beta2, float epsilon, bool amsGrad)
        : base(name, learningRate ?? 0.001f)
    {
        Beta1 = Decay(beta1, nameof(beta1));
        Beta2 = Decay(beta2, nameof(beta2));
        Epsilon = Range(epsilon, float.Epsilon, float.MaxValue, nameof(epsilon));
        WeightDecay = Range(weightDecay, 0, float.MaxValue, nameof(weightDecay));
        AmsGrad = amsGrad;
        StateNames = amsGrad ? ["momentum", "velocity", "velocity_hat"] : ["momentum", "velocity"];
    }

    /// <summary>How much of the mean is kept.</summary>
    public float Beta1 { get; }

    /// <summary>How much of the mean square is kept.</summary>
    public float Beta2 { get; }

    /// <summary>What is added to the root.</summary>
    public float Epsilon { get; }

    /// <summary>Whether the greatest mean square so far counts.</summary>
    public bool AmsGrad { get; }

    private protected override bool AppliesDecay => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> StateNames { get; }

    /// <inheritdoc/>
    protected override void BeginStep(long step)
    {
        double correction = Math.Sqrt(1 - Math.Pow(Beta2, step)) / (1 - Math.Pow(Beta1, step));
        _step = new AdamStep((float)(LearningRate * correction), Beta1, Beta2, Epsilon, 0);
    }

    /// <inheritdoc/>
    protected override void Update(Tensor weights, Tensor gradient, ReadOnlySpan<Variable> state)
    {
        ArgumentNullException.ThrowIfNull(weights);
        AdamStep step = _step with { Decay = CurrentDecay };

        // Under AMSGrad the op does all but the step itself, for whose rate it is told 0.
        weights.Backend.AdamUpdate(weights, gradient, state[0].Value, state[1].Value, AmsGrad ? step with { LearningRate = 0 } : step);
        if (AmsGrad)
            StepByMaximum(weights, state[0], state[1], state[2]);
    }

    private void StepByMaximum(Tensor weights, Variable mean, Variable variance, Variable greatest)
    {
        float rate = _step.LearningRate;
        Replace(weights, () =>
        {
            Tensor maximum = greatest.Value.Maximum(variance);
            greatest.Assign(maximum);
            return weights - (mean.Value * rate / (maximum.Sqrt() + Epsilon));
        });
    }
}
