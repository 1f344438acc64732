using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Items of two data sets made into one, pair by pair.</summary>
internal sealed class ZipDataset : DerivedDataset
{
    private readonly Dataset _other;
    private readonly Func<DataItem, DataItem, DataItem> _combine;

    public ZipDataset(Dataset source, Dataset other, Func<DataItem, DataItem, DataItem> combine)
        : base(source)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(combine);
        (_other, _combine) = (other, combine);
    }

    public override int? Cardinality => (Source.IsInfinite, _other.IsInfinite) switch
    {
        (true, _) => _other.Cardinality,
        (_, true) => Source.Cardinality,
        _ => Source.Cardinality is { } first && _other.Cardinality is { } second ? Math.Min(first, second) : null,
    };

    internal override bool IsInfinite => Source.IsInfinite && _other.IsInfinite;

    internal override bool IsReshuffled => Source.IsReshuffled || _other.IsReshuffled;

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start)
    {
        using var first = Source.Enumerate(epoch, start);
        using var second = _other.Enumerate(epoch, start);
        while (first.MoveNext() && second.MoveNext())
            yield return _combine(first.Current, second.Current);
    }
}
