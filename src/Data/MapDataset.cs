using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>A function applied to every item.</summary>
internal sealed class MapDataset : DerivedDataset
{
    private const int ItemsAheadPerThread = 4;

    private readonly Func<DataItem, DataItem> _function;
    private readonly int _parallelism;

    public MapDataset(Dataset source, Func<DataItem, DataItem> function, int parallelism)
        : base(source)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentOutOfRangeException.ThrowIfLessThan(parallelism, 1);
        (_function, _parallelism) = (function, parallelism);
    }

    public override IEnumerator<DataItem> Enumerate(long epoch) => _parallelism == 1
        ? EnumerateHere(epoch)
        : new ParallelEnumerator<DataItem, DataItem>(
            Source.Enumerate(epoch), _function, _parallelism, checked(ItemsAheadPerThread * _parallelism));

    private IEnumerator<DataItem> EnumerateHere(long epoch)
    {
        using var items = Source.Enumerate(epoch);
        while (items.MoveNext())
            yield return _function(items.Current);
    }
}
