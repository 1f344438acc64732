namespace Numerics.Distributed;

/// <summary>How processes exchange gradients. All processes need the same options.</summary>
public sealed record DataParallelOptions
{
    /// <summary>
    /// Into how many parts every batch is cut; one for each process when null. Gradients are added part by part in a fixed order, so
    /// that the bits of a training depend on the number of parts and not on the number of processes: with 4 parts, 1, 2 and 4
    /// processes give the same weights. Each process takes as many; that number has to be a power of two, unless there is one process.
    /// </summary>
    public int? Shards { get; init; }

    /// <summary>
    /// Gradients are collected up to this size, at least, before they are sent; one that is larger than 256 KiB goes by itself. Small
    /// messages begin earlier, large ones use the network better.
    /// </summary>
    public int BucketBytes { get; init; } = 1 << 20;

    /// <summary>Whether gradients are sent while those of earlier layers are still computed.</summary>
    public bool Overlap { get; init; } = true;

    /// <summary>What gradients are rounded to on their way.</summary>
    public Compression Compression { get; init; }

    /// <summary>In which order gradients are added; fixed when null, where the group can.</summary>
    public ReductionOrder? Order { get; init; }

    /// <summary>
    /// Whether of a large dense kernel's gradient, the product of the layer's inputs and of the gradients of its outputs, the factors
    /// are sent instead where they are a quarter of its bytes or less: for a batch of 32 those of a kernel of 43,264×256 are 5.6 MB,
    /// the gradient 44. Each process then computes the product for the whole batch.
    /// </summary>
    public bool GatherFactors { get; init; } = true;
}
