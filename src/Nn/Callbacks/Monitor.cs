namespace Numerics.Nn;

/// <summary>A value that a callback watches, and what counts as better.</summary>
/// <param name="owner">The callback, for messages.</param>
/// <param name="name">The value's name in logs.</param>
/// <param name="mode">Which values are better.</param>
/// <param name="minDelta">The least change that counts.</param>
internal sealed class Monitor(Callback owner, string name, MonitorMode mode, double minDelta)
{
    private bool? _greater;
    private bool _warned;

    /// <summary>The value's name.</summary>
    public string Name => name;

    /// <summary>The value of an epoch; a warning that says what there is, once, when it is missing.</summary>
    public bool TryRead(IReadOnlyDictionary<string, double> logs, out double value)
    {
        if (logs.TryGetValue(name, out value))
            return true;
        if (!_warned)
        {
            _warned = true;
            Console.Error.WriteLine(
                $"warning: {owner.GetType().Name} watches '{name}', which is not available. Available are: {string.Join(", ", logs.Keys)}");
        }

        return false;
    }

    /// <summary>Whether a value is better than another by enough; any is better than none.</summary>
    /// <exception cref="InvalidOperationException">It is not known which values of the metric are better.</exception>
    public bool Improves(double value, double? reference)
    {
        if (reference is not { } other)
            return true;
        bool greater = _greater ??= FindDirection();
        return greater ? value - minDelta > other : value + minDelta < other;
    }

    private bool FindDirection()
    {
        if (mode != MonitorMode.Auto)
            return mode == MonitorMode.Max;
        string plain = name.StartsWith("val_", StringComparison.Ordinal) ? name[4..] : name;
        Metric? metric = owner.Model.Reported.FirstOrDefault(reported => reported.Name == plain).Metric;
        if (metric is not null && !owner.Model.Metrics.Contains(metric))
            return false;
        return metric?.Direction switch
        {
            MonitorMode.Min => false,
            MonitorMode.Max => true,
            _ => throw new InvalidOperationException(
                $"{owner.GetType().Name} cannot tell whether more of '{name}' is better: say mode: MonitorMode.Max or MonitorMode.Min"),
        };
    }
}
