using System.Collections;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Batches of examples that lie in arrays.</summary>
internal sealed class ArrayDataSource : IDataSource
{
    private readonly DataItem _all;
    private readonly int _first;
    private readonly int _batchSize;
    private readonly bool _shuffle;

    public ArrayDataSource(DataItem all, int batchSize, bool shuffle)
        : this(all, 0, Count(all), batchSize, shuffle)
    {
    }

    private ArrayDataSource(DataItem all, int first, int examples, int batchSize, bool shuffle)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        (_all, _first, Examples, _batchSize, _shuffle) = (all, first, examples, batchSize, shuffle);
    }

    /// <summary>The number of examples.</summary>
    public int Examples { get; }

    /// <inheritdoc/>
    public int? Cardinality => (int)(((long)Examples + _batchSize - 1) / _batchSize);

    /// <summary>Some of the examples.</summary>
    public ArrayDataSource Part(int first, int examples, bool shuffle, int? batchSize = null) =>
        new(_all, _first + first, examples, batchSize ?? _batchSize, shuffle);

    /// <inheritdoc/>
    public IEnumerator<DataItem> GetEnumerator()
    {
        int[]? order = _shuffle ? Permutation.Of(_first, Examples) : null;
        for (int start = 0; start < Examples; start += _batchSize)
        {
            int first = start, count = Math.Min(_batchSize, Examples - start);
            NDArray Rows(NDArray array) => order is null
                ? array.Slice(_first + first, count)
                : ArrayRows.Take(array, order.AsSpan(first, count));
            yield return new DataItem(
                [.. _all.Inputs.Select(Rows)], [.. _all.Targets.Select(Rows)], _all.SampleWeight is { } weights ? Rows(weights) : null);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static int Count(DataItem all)
    {
        foreach (NDArray x in all.Inputs)
            ArgumentNullException.ThrowIfNull(x);
        foreach (NDArray y in all.Targets)
            ArgumentNullException.ThrowIfNull(y);
        return ExampleCount.Of([.. all.Inputs.Select(x => x.Shape)], [.. all.Targets.Select(y => y.Shape)], all.SampleWeight?.Shape);
    }
}
