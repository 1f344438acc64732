using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The mean of a function of targets and predictions over the examples, Σ w·v / Σ w. The function is composed of tensor operators and
/// runs where the tensors are; a loss needs no wrapper, it converts to a metric.
/// </summary>
/// <example><code>
/// var within = new MeanMetricWrapper((y, p) => ((y - p).Abs() &lt; 0.1f).Mean(-1), "within_a_tenth", MonitorMode.Max);
/// </code></example>
public sealed class MeanMetricWrapper : Mean
{
    private readonly Func<Tensor, Tensor, Tensor> _fn;

    /// <summary>Creates the metric.</summary>
    /// <param name="fn">The value of each example, from targets [batch, ..] as they are given and predictions [batch, ..], in this order:
    /// [batch], or [batch, ..] with several values an example.</param>
    /// <param name="name">The name in logs.</param>
    /// <param name="direction">Which values are better, for callbacks that watch the metric; <see cref="MonitorMode.Auto"/> where they
    /// have to be told.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such direction.</exception>
    public MeanMetricWrapper(Func<Tensor, Tensor, Tensor> fn, string name, MonitorMode direction = MonitorMode.Auto)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(fn);
        if (!Enum.IsDefined(direction))
            throw new ArgumentOutOfRangeException(nameof(direction), direction, "unknown direction");
        (_fn, Direction) = (fn, direction);
    }

    /// <inheritdoc/>
    public override MonitorMode Direction { get; }

    /// <inheritdoc/>
    /// <exception cref="ShapeMismatchException">The function's result does not begin with the batch.</exception>
    protected override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        Tensor values = _fn(yTrue, yPred);
        if (yPred.Rank > 0 && (values.Rank == 0 || values.Shape[0] != yPred.Shape[0]))
        {
            throw new ShapeMismatchException(
                $"{Name}: expected a value for each of the {yPred.Shape[0]} examples, the function gave {values.Shape}");
        }

        Each(values, sampleWeight, UpdateState);
    }
}
