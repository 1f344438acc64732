using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>What all optimizers can do with gradients before a step and with weights after it.</content>
public abstract partial class Optimizer
{
    private readonly float? _clipNorm;
    private readonly float? _globalClipNorm;
    private readonly float? _clipValue;
    private readonly float? _lossScaleFactor;
    private readonly int? _gradientAccumulationSteps;
    private readonly int? _emaOverwriteFrequency;
    private readonly float _emaMomentum = 0.99f;
    private readonly float _weightDecay;
    private Func<Variable, bool>? _excluded;

    /// <summary>The greatest norm of each weight's gradient; a longer one is scaled down. No limit when null.</summary>
    /// <exception cref="ArgumentException">Not above 0, or another kind of clipping is chosen.</exception>
    public float? ClipNorm
    {
        get => _clipNorm;
        init => _clipNorm = Clipping(value, nameof(ClipNorm));
    }

    /// <summary>The greatest norm of all gradients together; if it is longer, all are scaled down. No limit when null.</summary>
    /// <inheritdoc cref="ClipNorm"/>
    public float? GlobalClipNorm
    {
        get => _globalClipNorm;
        init => _globalClipNorm = Clipping(value, nameof(GlobalClipNorm));
    }

    /// <summary>The greatest magnitude of each element of a gradient; larger ones are cut off. No limit when null.</summary>
    /// <inheritdoc cref="ClipNorm"/>
    public float? ClipValue
    {
        get => _clipValue;
        init => _clipValue = Clipping(value, nameof(ClipValue));
    }

    /// <summary>Before each update, weights lose the share rate · weight decay, see
    /// <see cref="ExcludeFromWeightDecay"/>; 0 for none.</summary>
    public float WeightDecay
    {
        get => _weightDecay;
        init => _weightDecay = Range(value, 0, float.MaxValue, nameof(WeightDecay));
    }

    /// <summary>Whether a moving average of each weight is kept, which takes the weight's place when <see cref="Model.Fit(IDataSource,
    /// int, IDataSource?, IReadOnlyList{Callback}?, int, int, IReadOnlyDictionary{int, float}?, int?, int?, int, CancellationToken)"/> ends.</summary>
    public bool UseEma { get; init; }

    /// <summary>How much of the moving average is kept at a step, in [0, 1].</summary>
    public float EmaMomentum
    {
        get => _emaMomentum;
        init => _emaMomentum = Range(value, 0, 1, nameof(EmaMomentum));
    }

    /// <summary>After how many steps weights are set to their moving average again and again; never before the end when null.</summary>
    public int? EmaOverwriteFrequency
    {
        get => _emaOverwriteFrequency;
        init => _emaOverwriteFrequency = AtLeast(value, 1, nameof(EmaOverwriteFrequency));
    }

    /// <summary>What the loss is multiplied by before gradients are taken, which are divided by it: keeps small ones representable
    /// in formats of few bits. A power of two is exact.</summary>
    public float? LossScaleFactor
    {
        get => _lossScaleFactor;
        init => _lossScaleFactor = value is null or (> 0 and < float.PositiveInfinity)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LossScaleFactor), value, "LossScaleFactor is above 0");
    }

    /// <summary>The number of calls of <see cref="Apply"/> whose gradients are averaged into one update; each its own when null.</summary>
    public int? GradientAccumulationSteps
    {
        get => _gradientAccumulationSteps;
        init => _gradientAccumulationSteps = AtLeast(value, 2, nameof(GradientAccumulationSteps));
    }

    private bool ChangesGradients => _clipNorm is not null || _globalClipNorm is not null || _clipValue is not null
        || _lossScaleFactor is not null || _gradientAccumulationSteps is not null;

    /// <summary>Whether any of these options is set.</summary>
    private protected bool HasOptions => ChangesGradients || UseEma || _weightDecay > 0 || _excluded is not null;

    /// <summary>Leaves weights out of weight decay.</summary>
    /// <param name="variables">Which.</param>
    /// <param name="names">Texts; a weight is left out if its name contains one, such as <c>bias</c>.</param>
    public void ExcludeFromWeightDecay(IReadOnlyList<Variable>? variables = null, IReadOnlyList<string>? names = null)
    {
        var chosen = new HashSet<Variable>(variables ?? []);
        string[] parts = [.. names ?? []];
        _excluded = variable => chosen.Contains(variable) || parts.Any(part => variable.Name.Contains(part, StringComparison.Ordinal));
    }

    /// <summary>The loss times <see cref="LossScaleFactor"/>, of which gradients for <see cref="Apply"/> are to be taken.</summary>
    /// <param name="loss">The loss.</param>
    public virtual Tensor ScaleLoss(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return _lossScaleFactor is { } factor ? loss * factor : loss;
    }

    /// <summary>Sets weights to their moving averages, if <see cref="UseEma"/>; what the end of training does.</summary>
    /// <param name="variables">The weights.</param>
    public virtual void FinalizeVariableValues(IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        foreach (Variable variable in variables)
        {
            if (UseEma && _states.TryGetValue(variable, out OptimizerState? state))
                variable.Assign(state.Average!);
        }
    }

    private static int? AtLeast(int? value, int least, string name) => value is null || value >= least
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is at least {least}");

    private static void Shrink(Variable variable, float decay)
    {
        using var scope = new TensorScope();
        variable.Assign(GradientTape.StopRecording(() => variable.Value - (variable.Value * decay)));
    }

    private static void Constrain(Variable variable)
    {
        if (variable.Constraint is not { } constraint)
            return;
        using var scope = new TensorScope();
        variable.Assign(GradientTape.StopRecording(() => constraint(variable.Value)));
    }

    private float? Clipping(float? value, string name)
    {
        if (value is null)
            return null;
        if (!(value > 0))
            throw new ArgumentOutOfRangeException(name, value, $"{name} is above 0");
        return _clipNorm is null && _globalClipNorm is null && _clipValue is null
            ? value
            : throw new ArgumentException($"{name}: only one of ClipNorm, GlobalClipNorm and ClipValue can be chosen");
    }

    // The gradients that the update takes, or null when this call only adds to the sum.
    private Tensor[]? Prepare(IReadOnlyList<Tensor> gradients, IReadOnlyList<Variable> variables)
    {
        Tensor[] ready = [.. gradients.Select(gradient => _lossScaleFactor is { } factor ? gradient / factor : gradient)];
        if (_gradientAccumulationSteps is { } steps)
        {
            bool last = (_calls + 1) % steps == 0;
            for (int i = 0; i < ready.Length; i++)
            {
                Variable sum = StateOf(variables[i]).Accumulator!;
                Tensor all = ready[i] + sum.Value;
                ready[i] = all / steps;
                sum.Assign(last ? Tensor.Zeros(all.Shape, all.Backend) : all);
            }

            if (!last)
                return null;
        }

        if (_clipNorm is { } norm)
            return [.. ready.Select(gradient => gradient * norm / gradient.Square().Sum().Sqrt().Maximum(norm))];
        if (_globalClipNorm is { } globalNorm && ready.Length > 0)
        {
            Tensor sum = ready[0].Square().Sum();
            foreach (Tensor gradient in ready.Skip(1))
                sum += gradient.Square().Sum();
            Tensor longest = sum.Sqrt().Maximum(globalNorm);
            return [.. ready.Select(gradient => gradient * globalNorm / longest)];
        }

        return _clipValue is { } limit ? [.. ready.Select(gradient => gradient.Clip(-limit, limit))] : ready;
    }

    private void AverageWeights(IReadOnlyList<Variable> variables)
    {
        if (!UseEma)
            return;
        float momentum = Iterations == 0 ? 0 : _emaMomentum;
        bool overwrite = _emaOverwriteFrequency is { } frequency && (Iterations + 1) % frequency == 0;
        foreach (Variable variable in variables)
        {
            using var scope = new TensorScope();
            Variable average = StateOf(variable).Average!;
            average.Assign(GradientTape.StopRecording(() => (average.Value * momentum) + (variable.Value * (1 - momentum))));
            if (overwrite)
                variable.Assign(average);
        }
    }
}
