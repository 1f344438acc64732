using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Adam with Nesterov's momentum: m += (1 - beta1)·(g - m), v += (1 - beta2)·(g² - v),
/// w -= rate·(u'·m/(1 - Πu·u') + (1 - u)·g/(1 - Πu))/(√(v/(1 - beta2^t)) + epsilon), where u = beta1·(1 - ½·0.96^t), u' is that of the next step and
/// Πu the product of all so far. Source: Dozat, "Incorporating Nesterov momentum into Adam", ICLR 2016 workshop, algorithm 8, with the schedule
/// of u that Keras has.
/// </summary>
public sealed class Nadam : Optimizer
{
    private long _step;
    private double _product = 1;
    private float _ofMean, _ofGradient, _correction;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="learningRate">The step size, a number or a schedule; 0.001 when null.</param>
    /// <param name="beta1">How much of the mean is kept, in [0, 1).</param>
    /// <param name="beta2">How much of the mean square is kept, in [0, 1).</param>
    /// <param name="epsilon">Added to the root; greater than 0.</param>
    public Nadam(LearningRateSchedule? learningRate = null, float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-7f)
        : base("nadam", learningRate ?? 0.001f)
    {
        Beta1 = Decay(beta1, nameof(beta1));
        Beta2 = Decay(beta2, nameof(beta2));
        Epsilon = Range(epsilon, float.Epsilon, float.MaxValue, nameof(epsilon));
    }

    /// <summary>How much of the mean is kept.</summary>
    public float Beta1 { get; }

    /// <summary>How much of the mean square is kept.</summary>
    public float Beta2 { get; }

    /// <summary>What is added to the root.</summary>
    public float Epsilon { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> StateNames { get; } = ["momentum", "velocity"];

    /// <summary>The product of the momenta of the first steps.</summary>
    internal double MomentumProduct(long steps)
    {
        if (steps < _step)
            (_step, _product) = (0, 1);
        while (_step < steps)
            _product *= Momentum(++_step);
        return _product;
    }

    /// <inheritdoc/>
    protected override void BeginStep(long step)
    {
        double product = MomentumProduct(step), next = Momentum(step + 1);
        _ofMean = (float)(LearningRate * next / (1 - (product * next)));
        _ofGradient = (float)(LearningRate * (1 - Momentum(step)) / (1 - product));
        _correction = (float)(1 / (1 - Math.Pow(Beta2, step)));
    }

    /// <inheritdoc/>
    protected override void Update(Tensor weights, Tensor gradient, ReadOnlySpan<Variable> state)
    {
        Variable mean = state[0], square = state[1];
        Replace(weights, () =>
        {
            mean.Assign(mean.Value + ((gradient - mean.Value) * (1 - Beta1)));
            square.Assign(square.Value + ((gradient.Square() - square.Value) * (1 - Beta2)));
            Tensor step = (mean.Value * _ofMean) + (gradient * _ofGradient);
            return weights - (step / ((square.Value * _correction).Sqrt() + Epsilon));
        });
    }

    private double Momentum(long step) => Beta1 * (1 - (0.5 * Math.Pow(0.96, step)));
}
