using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Several passes over a data set.</summary>
internal sealed class RepeatDataset : DerivedDataset
{
    private readonly int? _count;

    public RepeatDataset(Dataset source, int? count)
        : base(source)
    {
        if (count is { } passes)
            ArgumentOutOfRangeException.ThrowIfNegative(passes, nameof(count));
        _count = count;
    }

    public override int? Cardinality => (_count, Source.Cardinality) switch
    {
        (0, _) or (_, 0) => 0,
        ({ } passes, { } items) => (long)passes * items is var all and <= int.MaxValue ? (int)all : null,
        _ => null,
    };

    internal override bool IsInfinite => _count is null
        ? Source.Cardinality is > 0 || Source.IsInfinite
        : _count > 0 && Source.IsInfinite;

    // Epoch e of this data set is epochs e·count … e·count + count - 1 of its source; one that never ends has no last pass to
    // go on from, so its epoch e begins with the source's epoch e.
    public override IEnumerator<DataItem> Enumerate(long epoch)
    {
        long first = checked(epoch * (_count ?? 1));
        bool empty = false;
        for (long pass = 0; pass != (_count ?? long.MaxValue) && !empty; pass++)
        {
            empty = true;
            using var items = Source.Enumerate(first + pass);
            while (items.MoveNext())
            {
                empty = false;
                yield return items.Current;
            }
        }
    }
}
