using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Items kept in memory from the first complete enumeration on.</summary>
internal sealed class CacheDataset(Dataset source) : DerivedDataset(source)
{
    private volatile DataItem[]? _items;

    public override int? Cardinality => _items?.Length ?? base.Cardinality;

    internal override bool IsReshuffled => false;

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start) => _items is { } items
        ? items.Skip((int)Math.Min(start, items.Length)).GetEnumerator()
        : Fill(start);

    // Always the source's epoch 0: what is cached must not depend on which epoch a run happens to start with.
    private IEnumerator<DataItem> Fill(long start)
    {
        var kept = new List<DataItem>(Source.Cardinality ?? 0);
        using var items = Source.Enumerate(epoch: 0);
        while (items.MoveNext())
        {
            kept.Add(items.Current);
            if (kept.Count > start)
                yield return items.Current;
        }

        _items = [.. kept];
    }
}
