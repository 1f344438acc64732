using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>What all optimizers can do with gradients before a step and with weights after it.</content>
public abstract partial class Optimizer
{
    private Func<Variable, bool>? _excluded;

    /// <summary>The greatest norm of each weight's gradient; a longer one is scaled down. No limit when null.</summary>
    /// <exception cref="ArgumentException">Not above 0, or another kind of clipping is chosen.</exception>
    public float? ClipNorm
    {
        get => Options.ClipNorm;
        init => Options = Options with { ClipNorm = value };
    }

    /// <summary>The greatest norm of all gradients together; if it is longer, all are scaled down. No limit when null.</summary>
    /// <inheritdoc cref="ClipNorm"/>
    public float? GlobalClipNorm
    {
        get => Options.GlobalClipNorm;
        init => Options = Options with { GlobalClipNorm = value };
    }

    /// <summary>The greatest magnitude of each element of a gradient; larger ones are cut off. No limit when null.</summary>
    /// <inheritdoc cref="ClipNorm"/>
    public float? ClipValue
    {
        get => Options.ClipValue;
        init => Options = Options with { ClipValue = value };
    }

    /// <summary>Before each update, weights lose the share rate · weight decay, see
    /// <see cref="ExcludeFromWeightDecay"/>; 0 for none.</summary>
    public float WeightDecay
    {
        get => Options.WeightDecay;
        init => Options = Options with { WeightDecay = value };
    }

    /// <summary>Whether a moving average of each weight is kept, which takes the weight's place when <see cref="Model.Fit(IDataSource,
    /// int, IDataSource?, IReadOnlyList{Callback}?, int, int, IReadOnlyDictionary{int, float}?, int?, int?, int, CancellationToken)"/> ends.</summary>
    public bool UseEma
    {
        get => Options.UseEma;
        init => Options = Options with { UseEma = value };
    }

    /// <summary>How much of the moving average is kept at a step, in [0, 1].</summary>
    public float EmaMomentum
    {
        get => Options.EmaMomentum;
        init => Options = Options with { EmaMomentum = value };
    }

    /// <summary>After how many steps weights are set to their moving average again and again; never before the end when null.</summary>
    public int? EmaOverwriteFrequency
    {
        get => Options.EmaOverwriteFrequency;
        init => Options = Options with { EmaOverwriteFrequency = value };
    }

    /// <summary>What the loss is multiplied by before gradients are taken, which are divided by it: keeps small ones representable
    /// in formats of few bits. A power of two is exact.</summary>
    public float? LossScaleFactor
    {
        get => Options.LossScaleFactor;
        init => Options = Options with { LossScaleFactor = value };
    }

    /// <summary>The number of calls of <see cref="Apply"/> whose gradients are averaged into one update; each its own when null.</summary>
    public int? GradientAccumulationSteps
    {
        get => Options.GradientAccumulationSteps;
        init => Options = Options with { GradientAccumulationSteps = value };
    }

    /// <summary>All of these options at once; set for an optimizer that has taken no step yet.</summary>
    internal OptimizerOptions Options { get; set; } = new();

    private bool ChangesGradients => ClipNorm is not null || GlobalClipNorm is not null || ClipValue is not null
        || LossScaleFactor is not null || GradientAccumulationSteps is not null;

    /// <summary>Whether any of these options is set.</summary>
    private protected bool HasOptions => ChangesGradients || UseEma || WeightDecay > 0 || _excluded is not null;

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
        return LossScaleFactor is { } factor ? loss * factor : loss;
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

    // The gradients that the update takes, or null when this call only adds to the sum.
    private Tensor[]? Prepare(IReadOnlyList<Tensor> gradients, IReadOnlyList<Variable> variables)
    {
        Tensor[] ready = [.. gradients.Select(gradient => LossScaleFactor is { } factor ? gradient / factor : gradient)];
        if (GradientAccumulationSteps is { } steps)
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

        if (ClipNorm is { } norm)
            return [.. ready.Select(gradient => gradient * norm / gradient.Square().Sum().Sqrt().Maximum(norm))];
        if (GlobalClipNorm is { } globalNorm && ready.Length > 0)
        {
            Tensor sum = ready[0].Square().Sum();
            foreach (Tensor gradient in ready.Skip(1))
                sum += gradient.Square().Sum();
            Tensor longest = sum.Sqrt().Maximum(globalNorm);
            return [.. ready.Select(gradient => gradient * globalNorm / longest)];
        }

        return ClipValue is { } limit ? [.. ready.Select(gradient => gradient.Clip(-limit, limit))] : ready;
    }

    private void AverageWeights(IReadOnlyList<Variable> variables)
    {
        if (!UseEma)
            return;
        float momentum = Iterations == 0 ? 0 : EmaMomentum;
        bool overwrite = EmaOverwriteFrequency is { } frequency && (Iterations + 1) % frequency == 0;
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
