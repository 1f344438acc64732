using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Examples that are on a backend and stay there. Class weights read the targets back from it once.</summary>
/// <param name="all">The examples.</param>
internal sealed class TensorExamples(TensorBatch all) : IExamples
{
    /// <inheritdoc/>
    public int Count { get; } =
        ExampleCount.Of([.. all.Inputs.Select(x => x.Shape)], [.. all.Targets.Select(y => y.Shape)], all.SampleWeight?.Shape);

    /// <inheritdoc/>
    public IExamples Weighted(IReadOnlyDictionary<int, float>? classWeight)
    {
        if (classWeight is null)
            return this;
        DataItem weighted = ClassWeightedDataSource.Weighted(
            new DataItem([new NDArray(0)], [.. all.Targets.Select(y => y.ToNDArray())], all.SampleWeight?.ToNDArray()), classWeight);
        return new TensorExamples(all with { SampleWeight = Tensor.From(weighted.SampleWeight!, all.Inputs[0].Backend) });
    }

    /// <inheritdoc/>
    public IBatchSource Batches(int first, int count, int batchSize, bool shuffle) => new TensorBatches(all, first, count, batchSize, shuffle);
}
