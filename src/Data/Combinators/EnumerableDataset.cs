using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>The items of any sequence.</summary>
internal sealed class EnumerableDataset : Dataset
{
    private readonly IEnumerable<DataItem> _items;

    public EnumerableDataset(IEnumerable<DataItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        _items = items;
    }

    public override int? Cardinality => _items switch
    {
        IDataSource source => source.Cardinality,
        _ => _items.TryGetNonEnumeratedCount(out int count) ? count : null,
    };

    public override IEnumerator<DataItem> Enumerate(long epoch) => _items.GetEnumerator();
}
