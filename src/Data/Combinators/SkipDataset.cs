using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>All but the first items.</summary>
internal sealed class SkipDataset : DerivedDataset
{
    private readonly int _count;

    public SkipDataset(Dataset source, int count)
        : base(source)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _count = count;
    }

    public override int? Cardinality => Source.Cardinality is { } items ? Math.Max(items - _count, 0) : null;

    internal override string? Fingerprint => Source.Fingerprint is { } source ? $"{source} Skip({_count})" : null;

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start) => Source.Enumerate(epoch, checked(_count + start));
}
