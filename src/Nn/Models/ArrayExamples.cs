using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Examples in arrays; a batch is uploaded by the step that uses it.</summary>
/// <param name="all">The examples.</param>
/// <param name="upload">Checks a batch and brings it to the backend.</param>
/// <param name="classWeight">How much the examples of a class count, or null.</param>
internal sealed class ArrayExamples(DataItem all, Func<DataItem, TensorBatch> upload, IReadOnlyDictionary<int, float>? classWeight = null) : IExamples
{
    /// <inheritdoc/>
    public int Count { get; } = CountOf(all);

    /// <inheritdoc/>
    public IExamples Weighted(IReadOnlyDictionary<int, float>? classWeight) => new ArrayExamples(all, upload, classWeight);

    /// <inheritdoc/>
    public IBatchSource Batches(int first, int count, int batchSize, bool shuffle) =>
        new UploadedBatches(new ArrayDataSource(all, first, count, batchSize, shuffle), classWeight, upload);

    private static int CountOf(DataItem all)
    {
        foreach (NDArray x in all.Inputs)
            ArgumentNullException.ThrowIfNull(x);
        foreach (NDArray y in all.Targets)
            ArgumentNullException.ThrowIfNull(y);
        return ExampleCount.Of([.. all.Inputs.Select(x => x.Shape)], [.. all.Targets.Select(y => y.Shape)], all.SampleWeight?.Shape);
    }
}
