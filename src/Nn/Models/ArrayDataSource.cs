using System.Collections;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Batches of examples that lie in arrays.</summary>
internal sealed class ArrayDataSource : IDataSource
{
    private readonly DataItem _all;
    private readonly int _first;
    private readonly int _examples;
    private readonly int _batchSize;
    private readonly bool _shuffle;

    /// <param name="all">All examples.</param>
    /// <param name="first">The first one that counts.</param>
    /// <param name="examples">How many of them count.</param>
    /// <param name="batchSize">How many make a batch.</param>
    /// <param name="shuffle">Whether each epoch has another order.</param>
    public ArrayDataSource(DataItem all, int first, int examples, int batchSize, bool shuffle)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        (_all, _first, _examples, _batchSize, _shuffle) = (all, first, examples, batchSize, shuffle);
    }

    /// <inheritdoc/>
    public int? Cardinality => (int)(((long)_examples + _batchSize - 1) / _batchSize);

    /// <inheritdoc/>
    public IEnumerator<DataItem> GetEnumerator()
    {
        int[]? order = _shuffle ? Permutation.Of(_first, _examples) : null;
        for (int start = 0; start < _examples; start += _batchSize)
        {
            int first = start, count = Math.Min(_batchSize, _examples - start);
            NDArray Rows(NDArray array) => order is null
                ? array.Slice(_first + first, count)
                : ArrayRows.Take(array, order.AsSpan(first, count));
            yield return new DataItem(
                [.. _all.Inputs.Select(Rows)], [.. _all.Targets.Select(Rows)], _all.SampleWeight is { } weights ? Rows(weights) : null);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
