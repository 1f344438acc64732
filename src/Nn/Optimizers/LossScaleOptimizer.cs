using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Scales the loss so that small gradients stay representable in formats of few bits, by a factor that finds its size by itself:
/// doubled after some steps in a row whose gradients were finite; where one is not, the step is left out and the factor is halved.
/// Gradients are divided by it before the inner optimizer sees them, which powers of two do exactly. Whether all are finite is read
/// back from the device once a step.
/// Source: Micikevicius et al., "Mixed precision training", ICLR 2018, section 3.2.
/// </summary>
/// <example><code>
/// model.Compile(new LossScaleOptimizer(new Adam(0.001f) { GlobalClipNorm = 1 }), loss);
/// </code></example>
public sealed class LossScaleOptimizer : Optimizer
{
    // The least normal number: the factor never becomes 0, and never infinite.
    private const float LeastScale = 1.17549435e-38f;

    private readonly Variable _scale;
    private readonly Variable _counter;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="innerOptimizer">What takes the steps; its options count, and it is owned from now on.</param>
    /// <param name="initialScale">The first factor, above 0.</param>
    /// <param name="dynamicGrowthSteps">After how many finite steps in a row the factor is doubled.</param>
    /// <exception cref="ArgumentException">The inner optimizer scales losses by itself.</exception>
    public LossScaleOptimizer(Optimizer innerOptimizer, float initialScale = 32768, int dynamicGrowthSteps = 2000)
        : base("loss_scale_optimizer", 0)
    {
        ArgumentNullException.ThrowIfNull(innerOptimizer);
        ArgumentOutOfRangeException.ThrowIfLessThan(dynamicGrowthSteps, 1);
        if (innerOptimizer is LossScaleOptimizer || innerOptimizer.LossScaleFactor is not null)
            throw new ArgumentException($"{innerOptimizer.Name} scales losses already", nameof(innerOptimizer));
        InnerOptimizer = innerOptimizer;
        InitialScale = Range(initialScale, float.Epsilon, float.MaxValue, nameof(initialScale));
        DynamicGrowthSteps = dynamicGrowthSteps;
        _scale = new Variable($"{Name}/dynamic_scale", NDArray.From(Shape.Scalar, [initialScale]), trainable: false);
        _counter = new Variable($"{Name}/step_counter", new NDArray(Shape.Scalar), trainable: false);
    }

    /// <summary>What takes the steps.</summary>
    public Optimizer InnerOptimizer { get; }

    /// <summary>The first factor.</summary>
    public float InitialScale { get; }

    /// <summary>After how many finite steps in a row the factor is doubled.</summary>
    public int DynamicGrowthSteps { get; }

    /// <summary>The factor of now.</summary>
    public float DynamicScale => _scale.Value.Item();

    /// <summary>The finite steps in a row since the factor changed.</summary>
    public int StepCounter => (int)_counter.Value.Item();

    /// <summary>Sets the factor of now and the finite steps since it changed, as a file has them.</summary>
    internal void Resume(float scale, int counter)
    {
        Set(_scale, scale);
        Set(_counter, counter);
    }

    /// <inheritdoc/>
    public override float LearningRate
    {
        get => InnerOptimizer.LearningRate;
        set => InnerOptimizer.LearningRate = value;
    }

    /// <inheritdoc/>
    public override LearningRateSchedule Schedule => InnerOptimizer.Schedule;

    /// <summary>The number of steps taken, those that were left out not among them.</summary>
    public override long Iterations
    {
        get => InnerOptimizer.Iterations;
        set => InnerOptimizer.Iterations = value;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => [.. InnerOptimizer.Variables, _counter, _scale];

    /// <inheritdoc/>
    internal override long Calls
    {
        get => InnerOptimizer.Calls;
        set => InnerOptimizer.Calls = value;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> StateNames => [];

    /// <inheritdoc/>
    public override void Build(IReadOnlyList<Variable> variables) => InnerOptimizer.Build(variables);

    /// <inheritdoc/>
    public override Tensor ScaleLoss(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss * _scale.Value;
    }

    /// <summary>Takes one step, unless a gradient is not finite.</summary>
    /// <param name="gradients">The gradient of each weight for a loss that went through <see cref="ScaleLoss"/>.</param>
    /// <param name="variables">The weights; changed in place.</param>
    /// <inheritdoc cref="Optimizer.Apply"/>
    /// <exception cref="InvalidOperationException">An option is set here and not at the inner optimizer.</exception>
    public override void Apply(IReadOnlyList<Tensor> gradients, IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (HasOptions)
            throw new InvalidOperationException($"{Name}: clipping, decay, averages and the like are options of the inner optimizer");
        using var scope = new TensorScope();
        float scale = DynamicScale;
        if (!GradientTape.StopRecording(() => AreFinite(gradients)))
        {
            Set(_scale, Math.Max(scale / 2, LeastScale));
            Set(_counter, 0);
            return;
        }

        Tensor[] unscaled = GradientTape.StopRecording(() => gradients.Select(gradient => gradient / scale).ToArray());
        InnerOptimizer.Apply(unscaled, variables);
        int counter = StepCounter + 1;
        if (counter >= DynamicGrowthSteps && float.IsFinite(scale * 2))
            Set(_scale, scale * 2);
        Set(_counter, counter >= DynamicGrowthSteps ? 0 : counter);
    }

    /// <inheritdoc/>
    public override void FinalizeVariableValues(IReadOnlyList<Variable> variables) => InnerOptimizer.FinalizeVariableValues(variables);

    /// <inheritdoc/>
    protected override void Update(Tensor weights, Tensor gradient, ReadOnlySpan<Variable> state) =>
        throw new NotSupportedException($"{Name}: the inner optimizer updates weights");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        InnerOptimizer.Dispose();
        _scale.Dispose();
        _counter.Dispose();
        base.Dispose(disposing);
    }

    // x · 0 is 0 for finite x, and else not a number, which a sum keeps.
    private static bool AreFinite(IReadOnlyList<Tensor> gradients)
    {
        if (gradients.Count == 0)
            return true;
        Tensor sum = (gradients[0] * 0f).Sum();
        foreach (Tensor gradient in gradients.Skip(1))
            sum += (gradient * 0f).Sum();
        return sum.Item() == 0;
    }

    private static void Set(Variable variable, float value) => variable.Assign(NDArray.From(Shape.Scalar, [value]));
}
