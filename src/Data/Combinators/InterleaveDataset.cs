using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>
/// Items of the data sets that a function makes of items, a few of these open at a time. The order is that of <c>tf.data</c>
/// (InterleaveDatasetOp): a slot whose data set has ended takes the next one when its turn comes again.
/// </summary>
internal sealed class InterleaveDataset : DerivedDataset
{
    private readonly Func<DataItem, Dataset> _function;
    private readonly int _cycleLength, _blockLength;

    public InterleaveDataset(Dataset source, Func<DataItem, Dataset> function, int cycleLength, int blockLength)
        : base(source)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentOutOfRangeException.ThrowIfLessThan(cycleLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockLength, 1);
        (_function, _cycleLength, _blockLength) = (function, cycleLength, blockLength);
    }

    public override int? Cardinality => Source.Cardinality == 0 ? 0 : null;

    // The data sets that the function makes may be shuffled; there is no telling before.
    internal override bool IsReshuffled => true;

    public override IEnumerator<DataItem> Enumerate(long epoch)
    {
        var slots = new IEnumerator<DataItem>?[_cycleLength];
        try
        {
            using var sources = Source.Enumerate(epoch);
            bool ended = false;
            for (int slot = 0, open = 0; !ended || open > 0; slot = (slot + 1) % _cycleLength)
            {
                if (slots[slot] is null && !ended)
                {
                    ended = !sources.MoveNext();
                    if (!ended)
                    {
                        slots[slot] = _function(sources.Current).Enumerate(epoch);
                        open++;
                    }
                }

                if (slots[slot] is not { } items)
                    continue;
                int left = _blockLength;
                for (; left > 0 && items.MoveNext(); left--)
                    yield return items.Current;
                if (left > 0)
                {
                    items.Dispose();
                    slots[slot] = null;
                    open--;
                }
            }
        }
        finally
        {
            foreach (IEnumerator<DataItem>? items in slots)
                items?.Dispose();
        }
    }
}
