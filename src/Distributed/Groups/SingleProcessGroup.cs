using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>A group of one process: everything is done already.</summary>
public sealed class SingleProcessGroup : ProcessGroup
{
    /// <inheritdoc/>
    public override int Rank => 0;

    /// <inheritdoc/>
    public override int Size => 1;

    /// <inheritdoc/>
    public override string Description => "one process";

    /// <inheritdoc/>
    public override void Barrier()
    {
    }

    /// <inheritdoc/>
    public override void Broadcast(Span<byte> data, int root = 0) => ArgumentOutOfRangeException.ThrowIfNotEqual(root, 0);

    /// <inheritdoc/>
    public override void AllGather(ReadOnlySpan<byte> own, Span<byte> all)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(all.Length, own.Length);
        own.CopyTo(all);
    }

    /// <inheritdoc/>
    public override void Broadcast(Tensor tensor, int root = 0) => ArgumentOutOfRangeException.ThrowIfNotEqual(root, 0);

    /// <inheritdoc/>
    public override Communication AllReduceAsync(
        Tensor tensor,
        ReduceOperation operation = ReduceOperation.Sum,
        ReductionOrder order = ReductionOrder.Fixed,
        Compression compression = Compression.None,
        int first = 0,
        int? count = null) => Communication.Done;

    /// <inheritdoc/>
    public override Communication AllGatherAsync(Tensor all, ReadOnlySpan<int> rows, Compression compression = Compression.None) => Communication.Done;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
