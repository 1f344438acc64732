using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>One data set's items, then another's.</summary>
internal sealed class ConcatenateDataset : DerivedDataset
{
    private readonly Dataset _other;

    public ConcatenateDataset(Dataset source, Dataset other)
        : base(source)
    {
        ArgumentNullException.ThrowIfNull(other);
        _other = other;
    }

    public override int? Cardinality =>
        (long?)Source.Cardinality + _other.Cardinality is { } items and <= int.MaxValue ? (int)items : null;

    internal override bool IsInfinite => Source.IsInfinite || _other.IsInfinite;

    internal override bool IsReshuffled => Source.IsReshuffled || _other.IsReshuffled;

    public override IEnumerator<DataItem> Enumerate(long epoch)
    {
        foreach (Dataset part in (Dataset[])[Source, _other])
        {
            using var items = part.Enumerate(epoch);
            while (items.MoveNext())
                yield return items.Current;
        }
    }
}
