using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Items made ahead on another thread.</summary>
internal sealed class PrefetchDataset : DerivedDataset, IRecyclingDataSource
{
    private readonly int _count;

    public PrefetchDataset(Dataset source, int count)
        : base(source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _count = count;
    }

    public void Recycle(DataItem batch) => (Source as IRecyclingDataSource)?.Recycle(batch);

    internal override Dataset? PartOfBatches(int parts, int first, int count) =>
        Source.PartOfBatches(parts, first, count) is { } part ? new PrefetchDataset(part, _count) : null;

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start) =>
        new ParallelEnumerator<DataItem, DataItem>(Source.Enumerate(epoch, start), static item => item, threads: 1, capacity: _count);
}
