using System.Collections;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Batches of examples that are on a backend: they are cut out or picked there, and nothing but positions is uploaded.</summary>
internal sealed class TensorBatches : IBatchSource
{
    private readonly TensorBatch _all;
    private readonly int _first;
    private readonly int _examples;
    private readonly int _batchSize;
    private readonly bool _shuffle;

    /// <param name="all">All examples.</param>
    /// <param name="first">The first one that counts.</param>
    /// <param name="examples">How many of them count.</param>
    /// <param name="batchSize">How many make a batch.</param>
    /// <param name="shuffle">Whether each epoch has another order.</param>
    public TensorBatches(TensorBatch all, int first, int examples, int batchSize, bool shuffle)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        (_all, _first, _examples, _batchSize, _shuffle) = (all, first, examples, batchSize, shuffle);
    }

    /// <inheritdoc/>
    public int? Cardinality => (int)(((long)_examples + _batchSize - 1) / _batchSize);

    /// <inheritdoc/>
    public IResumableDataSource? Resumable => null;

    /// <inheritdoc/>
    public IEnumerator<Func<TensorBatch>> GetEnumerator()
    {
        int[]? order = _shuffle ? Permutation.Of(_first, _examples) : null;
        for (int start = 0; start < _examples; start += _batchSize)
        {
            int first = start, count = Math.Min(_batchSize, _examples - start);
            yield return () =>
            {
                Tensor? positions = order is null ? null : Tensor.From(count, order.AsSpan(first, count), _all.Inputs[0].Backend);
                Tensor Rows(Tensor tensor) => positions is null ? tensor.Slice(0, _first + first, count) : tensor.Gather(positions);
                return new TensorBatch(
                    [.. _all.Inputs.Select(Rows)], [.. _all.Targets.Select(Rows)], _all.SampleWeight is { } weights ? Rows(weights) : null);
            };
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
