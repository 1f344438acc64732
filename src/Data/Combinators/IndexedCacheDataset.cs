using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>
/// Items of a source that has them by index, kept in memory one by one as they are made, in whatever order they are asked for: a
/// shuffle of this data set has nothing to wait for in its first epoch.
/// </summary>
internal sealed class IndexedCacheDataset(Dataset source) : DerivedDataset(source)
{
    // An entry without an item is one that the source leaves out.
    private readonly Entry?[] _entries = new Entry?[source.IndexCount!.Value];
    private int _known;

    public override int? Cardinality =>
        Volatile.Read(ref _known) == _entries.Length ? _entries.Count(entry => entry!.Item is not null) : base.Cardinality;

    internal override int? IndexCount => _entries.Length;

    internal override string? Fingerprint => Source.Fingerprint;

    public override IEnumerator<DataItem> Enumerate(long epoch) => Kept(EnumerateAt(epoch, [.. Enumerable.Range(0, _entries.Length)]));

    // Always the source's epoch 0: what is cached must not depend on which epoch a run happens to start with.
    internal override IEnumerator<DataItem?> EnumerateAt(long epoch, int[] order)
    {
        var found = new Entry?[order.Length];
        var missing = new List<int>();
        for (int i = 0; i < order.Length; i++)
        {
            found[i] = Volatile.Read(ref _entries[order[i]]);
            if (found[i] is null)
                missing.Add(order[i]);
        }

        return missing.Count == 0 ? found.Select(entry => entry!.Item).GetEnumerator() : Fill(order, found, [.. missing]);
    }

    private IEnumerator<DataItem?> Fill(int[] order, Entry?[] found, int[] missing)
    {
        using var made = Source.EnumerateAt(epoch: 0, missing);
        for (int i = 0; i < order.Length; i++)
        {
            if (found[i] is { } entry)
            {
                yield return entry.Item;
                continue;
            }

            if (!made.MoveNext())
                throw new InvalidOperationException("a source ended before the items that it was asked for");
            if (Interlocked.CompareExchange(ref _entries[order[i]], new Entry(made.Current), null) is null)
                _ = Interlocked.Increment(ref _known);
            yield return made.Current;
        }

        // The source has its say at its end: that nothing can be used of what it has, for example.
        if (made.MoveNext())
            throw new InvalidOperationException("a source went on after the items that it was asked for");
    }

    private sealed record Entry(DataItem? Item);
}
