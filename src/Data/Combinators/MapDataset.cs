using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>A function applied to every item.</summary>
internal sealed class MapDataset : DerivedDataset
{
    private const int ItemsAheadPerThread = 4;

    private readonly Func<long, long, DataItem, DataItem> _function;
    private readonly int _parallelism;
    private readonly bool _isAdaptive, _deterministic;

    /// <summary>Creates the data set.</summary>
    /// <param name="source">The items.</param>
    /// <param name="function">The function of epoch, index of the item and item.</param>
    /// <param name="parallelism">How many threads call it, or <see cref="Dataset.AutoTune"/>.</param>
    /// <param name="deterministic">Whether the order is kept.</param>
    public MapDataset(Dataset source, Func<long, long, DataItem, DataItem> function, int parallelism, bool deterministic)
        : base(source)
    {
        _isAdaptive = parallelism == AutoTune;
        if (!_isAdaptive)
            ArgumentOutOfRangeException.ThrowIfLessThan(parallelism, 1);
        _parallelism = _isAdaptive ? Environment.ProcessorCount : parallelism;
        (_function, _deterministic) = (function, deterministic);
    }

    internal override int? IndexCount => _deterministic ? Source.IndexCount : null;

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start) =>
        Run(Numbered(Source.Enumerate(epoch, start), start), numbered => _function(epoch, numbered.Index, numbered.Item), _deterministic);

    internal override IEnumerator<DataItem?> EnumerateAt(long epoch, int[] order) =>
        Run<(long Index, DataItem? Item), DataItem?>(
            Numbered(Source.EnumerateAt(epoch, order), order),
            numbered => numbered.Item is { } item ? _function(epoch, numbered.Index, item) : null, isOrdered: true);

    private IEnumerator<TResult> Run<TItem, TResult>(IEnumerator<TItem> items, Func<TItem, TResult> function, bool isOrdered) =>
        _parallelism == 1 && !_isAdaptive
            ? Here(items, function)
            : new ParallelEnumerator<TItem, TResult>(items, function, _parallelism, checked(ItemsAheadPerThread * _parallelism), isOrdered, _isAdaptive);

    private static IEnumerator<TResult> Here<TItem, TResult>(IEnumerator<TItem> items, Func<TItem, TResult> function)
    {
        using (items)
        {
            while (items.MoveNext())
                yield return function(items.Current);
        }
    }

    private static IEnumerator<(long Index, DataItem Item)> Numbered(IEnumerator<DataItem> items, long start)
    {
        using (items)
        {
            for (long index = start; items.MoveNext(); index++)
                yield return (index, items.Current);
        }
    }

    private static IEnumerator<(long Index, DataItem? Item)> Numbered(IEnumerator<DataItem?> items, int[] order)
    {
        using (items)
        {
            for (int i = 0; items.MoveNext(); i++)
                yield return (order[i], items.Current);
        }
    }
}
