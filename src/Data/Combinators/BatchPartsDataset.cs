using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>
/// Some consecutive rows of every batch, of which only these are made: what one of several processes needs. Rows without an item are
/// left out of their batch; a batch may have none.
/// </summary>
internal sealed class BatchPartsDataset(
    Dataset source, int positions, int size, bool dropRemainder, int parts, int first, int end) : DerivedDataset(source), IRecyclingDataSource
{
    private readonly BatchMemory _memory = new();

    public override int? Cardinality => dropRemainder ? positions / size : (positions + size - 1) / size;

    public void Recycle(DataItem batch) => _memory.Return(batch);

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        int batches = Cardinality!.Value, begin = (int)Math.Min(start, batches);
        var wanted = new List<int>();
        for (int batch = begin; batch < batches; batch++)
        {
            (int from, int to) = Rows(batch);
            for (int row = from; row < to; row++)
                wanted.Add(row);
        }

        var rows = new List<DataItem>();
        DataItem? none = null;
        using IEnumerator<DataItem?> items = Source.EnumeratePositions(epoch, [.. wanted]);
        for (int batch = begin; batch < batches; batch++)
        {
            (int from, int to) = Rows(batch);
            rows.Clear();
            for (int row = from; row < to; row++)
            {
                if (!items.MoveNext())
                    throw new InvalidOperationException("a source ended before the items that it was asked for");
                if (items.Current is { } item)
                    rows.Add(item);
            }

            if (rows.Count > 0)
            {
                DataItem stacked = BatchDataset.Stack(rows, from, _memory);
                none ??= NoRows(stacked);
                yield return stacked;
            }
            else
            {
                yield return none ??= NoRows(Any(epoch));
            }
        }

        // The source has its say at its end: that nothing can be used of what it has, for example.
        if (items.MoveNext())
            throw new InvalidOperationException("a source went on after the items that it was asked for");
    }

    private static DataItem NoRows(DataItem batch) => new(
        [.. batch.Inputs.Select(x => x.Slice(0, 0))], [.. batch.Targets.Select(y => y.Slice(0, 0))], batch.SampleWeight?.Slice(0, 0));

    // Which positions of the epoch are the rows that are wanted of a batch.
    private (int From, int To) Rows(int batch)
    {
        int start = batch * size, rows = Math.Min(size, positions - start);
        return (start + Start(rows, first), start + Start(rows, end));
    }

    private int Start(int rows, int part) => (int)((long)rows * part / parts);

    // For the shape of rows where there are none yet.
    private DataItem Any(long epoch)
    {
        using IEnumerator<DataItem?> items = Source.EnumeratePositions(epoch, [.. Enumerable.Range(0, positions)]);
        while (items.MoveNext())
        {
            if (items.Current is { } item)
                return BatchDataset.Stack([item], 0, _memory);
        }

        throw new InvalidDataException("there is no item to tell the shape of a batch");
    }
}
