using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The weights of a batch as metrics use them: one for each of some values, each for a run of equally many; 1 where none are given.</summary>
internal readonly struct SampleWeights
{
    private readonly float[]? _weights;
    private readonly int _each;

    private SampleWeights(float[]? weights, int each) => (_weights, _each) = (weights, each);

    /// <summary>The weight of a value.</summary>
    public float this[int value] => _weights is null ? 1 : _weights[value / _each];

    /// <summary>Reads weights.</summary>
    /// <param name="sampleWeight">[batch], [batch, 1], or a shape that begins the values' shape; or null.</param>
    /// <param name="values">The shape of the values that they weigh; each weight counts for the same number of them.</param>
    /// <param name="metric">The metric's name, for the message.</param>
    /// <exception cref="ShapeMismatchException">The weights do not fit.</exception>
    public static SampleWeights Read(Tensor? sampleWeight, Shape values, string metric)
    {
        if (sampleWeight is null)
            return new SampleWeights(null, 1);
        Shape shape = sampleWeight.Rank == values.Rank + 1 && sampleWeight.Shape[-1] == 1 ? sampleWeight.Shape.Without(-1) : sampleWeight.Shape;
        bool fits = shape.Rank <= values.Rank && values.Size > 0;
        for (int i = 0; fits && i < shape.Rank; i++)
            fits = shape[i] == values[i];
        return fits
            ? new SampleWeights(sampleWeight.ToArray(), values.Size / shape.Size)
            : throw new ShapeMismatchException($"{metric}: sample weights {sampleWeight.Shape} do not fit examples {values}");
    }

    /// <summary>Reads weights of what is counted.</summary>
    /// <inheritdoc cref="Read"/>
    /// <exception cref="ArgumentException">A weight is negative or not finite.</exception>
    public static SampleWeights ReadCounts(Tensor? sampleWeight, Shape values, string metric)
    {
        SampleWeights read = Read(sampleWeight, values, metric);
        foreach (float weight in read._weights ?? [])
        {
            if (!(weight >= 0) || !float.IsFinite(weight))
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"{metric}: a sample weight is {weight}; weights are finite and at least 0"), nameof(sampleWeight));
            }
        }

        return read;
    }
}
