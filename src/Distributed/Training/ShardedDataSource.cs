using System.Collections;
using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>Some consecutive rows of every batch of a data source.</summary>
internal class ShardedDataSource : IDataSource
{
    private readonly IDataSource _source;
    private readonly int _parts;
    private readonly int _first;
    private readonly int _end;

    private ShardedDataSource(IDataSource source, int parts, int first, int end) => (_source, _parts, _first, _end) = (source, parts, first, end);

    /// <inheritdoc/>
    public int? Cardinality => _source.Cardinality;

    /// <summary>Some parts of every batch; the source itself where that is all of it.</summary>
    /// <param name="source">The batches.</param>
    /// <param name="parts">Into how many parts each is cut.</param>
    /// <param name="first">The first part to keep.</param>
    /// <param name="count">How many parts are kept.</param>
    public static IDataSource Of(IDataSource source, int parts, int first, int count)
    {
        // All parts, too, so that the rows of a batch do not depend on how many processes share it.
        if (parts > 1 && source is IPartitionedDataSource partitioned && partitioned.PartOfBatches(parts, first, count) is { } part)
            return part;
        if (count == parts)
            return source;
        return source is IResumableDataSource resumable
            ? new Resumable(resumable, parts, first, first + count)
            : new ShardedDataSource(source, parts, first, first + count);
    }

    /// <inheritdoc/>
    public IEnumerator<DataItem> GetEnumerator()
    {
        foreach (DataItem batch in _source)
        {
            NDArray[] arrays = [.. batch.Inputs, .. batch.Targets];
            if (arrays.Any(array => array is null || array.Shape.Rank == 0 || array.Shape[0] != arrays[0].Shape[0]))
                throw new ShapeMismatchException($"{batch}: inputs and targets must have the batch as first axis; did you forget Batch()?");
            int rows = arrays[0].Shape[0], start = BatchParts.Start(rows, _parts, _first), count = BatchParts.Start(rows, _parts, _end) - start;
            NDArray[] Own(IReadOnlyList<NDArray> whole) => [.. whole.Select(array => array.Slice(start, count))];
            yield return new DataItem(Own(batch.Inputs), Own(batch.Targets), batch.SampleWeight?.Slice(start, count));
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed class Resumable(IResumableDataSource source, int parts, int first, int end)
        : ShardedDataSource(source, parts, first, end), IResumableDataSource
    {
        public DataPosition Position
        {
            get => source.Position;
            set => source.Position = value;
        }
    }
}
