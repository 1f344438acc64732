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

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start) => _parallelism == 1
        ? EnumerateHere(epoch, start)
        : new ParallelEnumerator<DataItem, DataItem>(
            Source.Enumerate(epoch, start), _function, _parallelism, checked(ItemsAheadPerThread * _parallelism));

    private IEnumerator<DataItem> EnumerateHere(long epoch, long start)
    {
        using var items = Source.Enumerate(epoch, start);
        while (items.MoveNext())
            yield return _function(items.Current);
    }
}
