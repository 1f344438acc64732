namespace Numerics.Nn;

/// <summary>What all optimizers can be told to do besides their own rule, checked one by one.</summary>
internal sealed record OptimizerOptions
{
    /// <inheritdoc cref="Optimizer.ClipNorm"/>
    public float? ClipNorm
    {
        get;
        init => field = Clipping(value, nameof(ClipNorm));
    }

    /// <inheritdoc cref="Optimizer.GlobalClipNorm"/>
    public float? GlobalClipNorm
    {
        get;
        init => field = Clipping(value, nameof(GlobalClipNorm));
    }

    /// <inheritdoc cref="Optimizer.ClipValue"/>
    public float? ClipValue
    {
        get;
        init => field = Clipping(value, nameof(ClipValue));
    }

    /// <inheritdoc cref="Optimizer.WeightDecay"/>
    public float WeightDecay
    {
        get;
        init => field = Optimizer.Range(value, 0, float.MaxValue, nameof(WeightDecay));
    }

    /// <inheritdoc cref="Optimizer.UseEma"/>
    public bool UseEma { get; init; }

    /// <inheritdoc cref="Optimizer.EmaMomentum"/>
    public float EmaMomentum
    {
        get;
        init => field = Optimizer.Range(value, 0, 1, nameof(EmaMomentum));
    } = 0.99f;

    /// <inheritdoc cref="Optimizer.EmaOverwriteFrequency"/>
    public int? EmaOverwriteFrequency
    {
        get;
        init => field = AtLeast(value, 1, nameof(EmaOverwriteFrequency));
    }

    /// <inheritdoc cref="Optimizer.LossScaleFactor"/>
    public float? LossScaleFactor
    {
        get;
        init => field = value is null or (> 0 and < float.PositiveInfinity)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LossScaleFactor), value, "LossScaleFactor is above 0");
    }

    /// <inheritdoc cref="Optimizer.GradientAccumulationSteps"/>
    public int? GradientAccumulationSteps
    {
        get;
        init => field = AtLeast(value, 2, nameof(GradientAccumulationSteps));
    }

    private static int? AtLeast(int? value, int least, string name) => value is null || value >= least
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is at least {least}");

    private float? Clipping(float? value, string name)
    {
        if (value is null)
            return null;
        if (!(value > 0))
            throw new ArgumentOutOfRangeException(name, value, $"{name} is above 0");
        return ClipNorm is null && GlobalClipNorm is null && ClipValue is null
            ? value
            : throw new ArgumentException($"{name}: only one of ClipNorm, GlobalClipNorm and ClipValue can be chosen");
    }
}
