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

    /// <summary>This process's part of each batch.</summary>
    public UploadedBatches SharedOut(DistributionStrategy strategy) => new(strategy.Distribute(source), classWeight, upload);

    /// <inheritdoc/>
    public IEnumerator<Func<TensorBatch>> GetEnumerator()
    {
        foreach (DataItem batch in _weighted)
            yield return () => Upload(batch);
    }

    private TensorBatch Upload(DataItem batch)
    {
        TensorBatch uploaded = upload(batch);
        (source as IRecyclingDataSource)?.Recycle(batch);
        return uploaded;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
