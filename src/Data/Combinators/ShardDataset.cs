using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Every so many-th item.</summary>
internal sealed class ShardDataset : DerivedDataset
{
    private readonly int _count, _index;

    public ShardDataset(Dataset source, int count, int index)
        : base(source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, "numShards");
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        (_count, _index) = (count, index);
    }

    public override int? Cardinality => Source.Cardinality is { } items ? (int)(((long)items - _index + _count - 1) / _count) : null;

    internal override string? Fingerprint => Source.Fingerprint is { } source ? $"{source} Shard({_count}, {_index})" : null;

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start)
    {
        using var items = Source.Enumerate(epoch, checked(start * _count));
        for (int position = 0; items.MoveNext(); position = (position + 1) % _count)
        {
            if (position == _index)
                yield return items.Current;
        }
    }
}
