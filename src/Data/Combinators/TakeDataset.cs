using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>The first items.</summary>
internal sealed class TakeDataset : DerivedDataset
{
    private readonly int _count;

    public TakeDataset(Dataset source, int count)
        : base(source)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _count = count;
    }

    public override int? Cardinality =>
        Source.IsInfinite || _count == 0 ? _count : Source.Cardinality is { } items ? Math.Min(items, _count) : null;

    internal override bool IsInfinite => false;

    internal override string? Fingerprint => Source.Fingerprint is { } source ? $"{source} Take({_count})" : null;

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start)
    {
        if (start >= _count)
            yield break;
        long left = _count - start;
        using var items = Source.Enumerate(epoch, start);
        while (items.MoveNext())
        {
            yield return items.Current;
            if (--left == 0)
                yield break;
        }
    }
}
