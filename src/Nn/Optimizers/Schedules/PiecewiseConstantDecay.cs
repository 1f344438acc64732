namespace Numerics.Nn;

/// <summary>One rate up to and including each boundary, and one after the last.</summary>
public sealed class PiecewiseConstantDecay : LearningRateSchedule
{
    private readonly long[] _boundaries;
    private readonly double[] _values;

    /// <summary>Creates the schedule.</summary>
    /// <param name="boundaries">Steps, increasing.</param>
    /// <param name="values">The rates: one more than boundaries.</param>
    /// <exception cref="ArgumentException">The numbers do not fit, or boundaries do not increase.</exception>
    public PiecewiseConstantDecay(IReadOnlyList<long> boundaries, IReadOnlyList<double> values)
    {
        (_boundaries, _values) = ([.. boundaries], [.. values]);
        if (_values.Length != _boundaries.Length + 1)
            throw new ArgumentException($"{_boundaries.Length} boundaries need {_boundaries.Length + 1} values, got {_values.Length}", nameof(values));
        for (int i = 1; i < _boundaries.Length; i++)
        {
            if (_boundaries[i] <= _boundaries[i - 1])
                throw new ArgumentException($"boundaries increase, got {_boundaries[i - 1]} before {_boundaries[i]}", nameof(boundaries));
        }
    }

    /// <summary>The steps up to which each rate but the last lasts.</summary>
    public IReadOnlyList<long> Boundaries => _boundaries;

    /// <summary>The rates.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <inheritdoc/>
    public override double Call(long step) => _values[_boundaries.Count(boundary => step > boundary)];
}
