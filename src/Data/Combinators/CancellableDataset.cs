using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Items whose consumer stops waiting when a token is cancelled.</summary>
internal sealed class CancellableDataset(Dataset source, CancellationToken cancellationToken) : DerivedDataset(source)
{
    internal override string? Fingerprint => Source.Fingerprint;

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start) =>
        new ParallelEnumerator<DataItem, DataItem>(
            Source.Enumerate(epoch, start), static item => item, threads: 1, capacity: 1, cancellationToken: cancellationToken);
}
