using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>The items that a predicate holds for.</summary>
internal sealed class FilterDataset : DerivedDataset
{
    private readonly Func<DataItem, bool> _predicate;

    public FilterDataset(Dataset source, Func<DataItem, bool> predicate)
        : base(source)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        _predicate = predicate;
    }

    public override int? Cardinality => Source.Cardinality == 0 ? 0 : null;

    internal override bool IsInfinite => false;

    public override IEnumerator<DataItem> Enumerate(long epoch)
    {
        using var items = Source.Enumerate(epoch);
        while (items.MoveNext())
        {
            if (_predicate(items.Current))
                yield return items.Current;
        }
    }
}
