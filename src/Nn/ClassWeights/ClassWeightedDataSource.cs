using System.Collections;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Batches whose examples are weighted by their classes as well.</summary>
internal sealed class ClassWeightedDataSource : IDataSource
{
    private readonly IDataSource _source;
    private readonly IReadOnlyDictionary<int, float> _classWeight;

    private ClassWeightedDataSource(IDataSource source, IReadOnlyDictionary<int, float> classWeight) =>
        (_source, _classWeight) = (source, classWeight);

    /// <inheritdoc/>
    public int? Cardinality => _source.Cardinality;

    /// <summary>A data source with class weights; itself when there are none.</summary>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or a class is negative.</exception>
    public static IDataSource Of(IDataSource source, IReadOnlyDictionary<int, float>? classWeight)
    {
        if (classWeight is null)
            return source;
        ClassWeights.CheckWeights(classWeight);
        return new ClassWeightedDataSource(source, classWeight);
    }

    /// <summary>A batch with class weights; itself when there are none.</summary>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or targets do not name classes.</exception>
    public static DataItem Weighted(DataItem batch, IReadOnlyDictionary<int, float>? classWeight)
    {
        if (classWeight is null)
            return batch;
        ClassWeights.CheckWeights(classWeight);
        return Multiplied(batch, classWeight);
    }

    /// <inheritdoc/>
    public IEnumerator<DataItem> GetEnumerator()
    {
        foreach (DataItem batch in _source)
            yield return Multiplied(batch, _classWeight);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // What is no batch is left to the model, whose message names what is wrong with it.
    private static DataItem Multiplied(DataItem batch, IReadOnlyDictionary<int, float> classWeight)
    {
        if (batch.Targets.Count > 1)
            throw new ArgumentException($"class weights are for one target, the batch has {batch.Targets.Count}; use sample weights", nameof(classWeight));
        if (batch.Y is null || batch.Y.Shape.Rank == 0)
            return batch;
        NDArray? own = batch.SampleWeight;
        return own is not null && (own.Shape.Rank == 0 || own.Shape[0] != batch.Y.Shape[0])
            ? batch
            : batch with { SampleWeight = ClassWeights.SampleWeights(batch.Y, own, classWeight) };
    }
}
