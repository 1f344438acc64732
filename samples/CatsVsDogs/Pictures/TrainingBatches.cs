using Numerics.Data;

namespace Numerics.Samples.CatsVsDogs.Pictures;

/// <summary>The pictures of a training, in batches.</summary>
internal sealed class TrainingBatches
{
    /// <summary>Makes batches of pictures; none is decoded yet.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="limit">How many of each class are used; all when null.</param>
    /// <param name="batchSize">How many make a batch.</param>
    /// <param name="shuffle">The size of the buffer that those to learn from are shuffled in.</param>
    /// <param name="seed">Decides their order.</param>
    public TrainingBatches(TrainingPictures pictures, int? limit, int batchSize, int shuffle, ulong seed)
    {
        Pictures = Limited(pictures.Training, limit);
        Training = Cached(Pictures).Shuffle(shuffle, seed).Batch(batchSize).Prefetch();
        HeldOut = pictures.HeldOut is { } others ? Limited(others, limit) : null;
        Test = HeldOut is null ? null : Cached(HeldOut).Batch(batchSize).Prefetch();
    }

    /// <summary>The pictures to learn from, one by one.</summary>
    public Dataset Pictures { get; }

    /// <summary>The same, shuffled and in batches.</summary>
    public Dataset Training { get; }

    /// <summary>The pictures to test on, one by one; null when nothing is set aside.</summary>
    public Dataset? HeldOut { get; }

    /// <summary>The same in batches.</summary>
    public Dataset? Test { get; }

    // Keeps decoded pictures, 150,528 bytes each, unless they would take more than half of the memory.
    private static Dataset Cached(Dataset pictures)
    {
        long bytes = (long)pictures.Cardinality! * PictureFolder.ImageSize.Height * PictureFolder.ImageSize.Width * 3;
        return bytes < GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 ? pictures.Cache() : pictures;
    }

    private static Dataset Limited(ImageDataset pictures, int? limit) => limit is { } count ? new ClassLimit(pictures, count) : pictures;
}
