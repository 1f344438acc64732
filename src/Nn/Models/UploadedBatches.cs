using System.Collections;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Batches of a data source.</summary>
/// <param name="source">The user's data.</param>
/// <param name="classWeight">How much the examples of a class count, or null.</param>
/// <param name="upload">Checks a batch and brings it to the backend.</param>
internal sealed class UploadedBatches(IDataSource source, IReadOnlyDictionary<int, float>? classWeight, Func<DataItem, TensorBatch> upload) : IBatchSource
{
    private readonly IDataSource _weighted = ClassWeightedDataSource.Of(source, classWeight);

    /// <inheritdoc/>
    public int? Cardinality => source.Cardinality;

    /// <inheritdoc/>
    public IResumableDataSource? Resumable => source as IResumableDataSource;

    /// <inheritdoc/>
    public IEnumerator<Func<TensorBatch>> GetEnumerator()
    {
        foreach (DataItem batch in _weighted)
            yield return () => upload(batch);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
