using System.Collections;
using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>
/// A sequence of examples or batches that is made while it is read, and can be read again for every epoch. The combinators
/// (<c>Map</c>, <see cref="Shuffle"/>, <see cref="Batch"/>, …) have the semantics of <c>tf.data</c>: each returns a new
/// data set, does no work by itself and leaves its source as it was.
/// </summary>
/// <remarks>
/// What an enumeration yields is a function of the pipeline and the number of the epoch alone, never of timing or of the number
/// of threads. <see cref="GetEnumerator"/> counts the epochs of the data set it is called on; <see cref="Epoch"/> sets the count,
/// so a run that was interrupted goes on with the order that it would have had. Items may be shared (by <see cref="Cache()"/>, or
/// by a source that holds them): treat their arrays as read-only. An enumerator may hold threads; <c>foreach</c> and LINQ dispose
/// of it, code that calls <see cref="GetEnumerator"/> itself has to.
/// </remarks>
public abstract class Dataset : IResumableDataSource, IPartitionedDataSource
{
    /// <summary>Leaves the number of threads to the data set.</summary>
    public const int AutoTune = -1;

    private readonly Lock _gate = new();
    private DataPosition _next, _position;
    private object? _latest;

    /// <inheritdoc/>
    public abstract int? Cardinality { get; }

    /// <summary>
    /// The number of the epoch, from 0, that the next <see cref="GetEnumerator"/> starts; it goes up by one with each. Setting it
    /// restarts the sequence of epochs there.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long Epoch
    {
        get
        {
            lock (_gate)
                return _next.Epoch;
        }

        set => Position = new DataPosition(value, 0);
    }

    /// <inheritdoc/>
    public DataPosition Position
    {
        get
        {
            lock (_gate)
                return _position;
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value.Epoch, nameof(value));
            ArgumentOutOfRangeException.ThrowIfNegative(value.Items, nameof(value));
            lock (_gate)
            {
                _next = _position = value;
                _latest = null;
            }
        }
    }

    /// <summary>
    /// The number of positions of an epoch, where the item of any of them can be made by itself; else null. As with
    /// <see cref="IndexCount"/>, some may have no item.
    /// </summary>
    internal virtual int? PositionCount => IndexCount;

    /// <summary>Whether the sequence never ends; then <see cref="Cardinality"/> is null.</summary>
    internal virtual bool IsInfinite => false;

    /// <summary>Whether two epochs may yield the same items in different orders.</summary>
    internal virtual bool IsReshuffled => false;

    /// <summary>
    /// The number of indices, where <see cref="EnumerateAt"/> can make the item of any index by itself; else null. Some indices may have no
    /// item, so this need not be the cardinality.
    /// </summary>
    internal virtual int? IndexCount => null;

    /// <summary>What tells this data set's items from another one's, in any process; null when nothing does.</summary>
    internal virtual string? Fingerprint => null;

    /// <summary>Data set of the items of a sequence, which is enumerated anew for every epoch.</summary>
    /// <param name="items">
    /// A sequence that yields the same items each time. <see cref="Cardinality"/> is known when it is a collection.
    /// </param>
    public static Dataset From(IEnumerable<DataItem> items) => new EnumerableDataset(items);

    /// <summary>Data set of the slices of arrays along their first axis, as <c>from_tensor_slices</c> makes.</summary>
    /// <param name="x">The inputs, [n, …].</param>
    /// <param name="y">The targets, [n, …].</param>
    /// <param name="sampleWeight">The weights, [n]; null means 1 each.</param>
    /// <exception cref="ShapeMismatchException">An array has no first axis, or another extent than <paramref name="x"/>.</exception>
    public static Dataset FromArrays(NDArray x, NDArray y, NDArray? sampleWeight = null) =>
        new ArrayDataset(x, y, sampleWeight);

    /// <summary>The items of one epoch. Each call is an enumeration of its own; nothing is done before its first step.</summary>
    /// <param name="epoch">The number of the epoch, from 0. The same number gives the same items in the same order.</param>
    public abstract IEnumerator<DataItem> Enumerate(long epoch);

    /// <summary>The rest of the items of an epoch.</summary>
    /// <param name="epoch">The number of the epoch, from 0.</param>
    /// <param name="start">How many of its items to leave out at the beginning; at least 0.</param>
    /// <remarks>
    /// Unless overridden, those items are made and thrown away. Of the combinators, those that know without looking which items of
    /// their source go into an item (<c>Map</c>, <see cref="Batch"/>, <see cref="Prefetch"/>, …) hand the
    /// leaving out on to their source.
    /// </remarks>
    public virtual IEnumerator<DataItem> Enumerate(long epoch, long start)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        return start == 0 ? Enumerate(epoch) : Left(Enumerate(epoch), start);
    }

    /// <summary>
    /// Starts the next epoch: <see cref="Enumerate(long)"/> with <see cref="Epoch"/>, which goes up by one. After
    /// <see cref="Position"/> was set, the first items of that epoch are left out.
    /// </summary>
    public IEnumerator<DataItem> GetEnumerator()
    {
        lock (_gate)
        {
            DataPosition start = _position = _next;
            _next = new DataPosition(start.Epoch + 1, 0);
            var items = new PositionedEnumerator(Enumerate(start.Epoch, start.Items), start, Moved);
            _latest = items;
            return items;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Applies a function to every item.</summary>
    /// <param name="function">
    /// The function. With a parallelism above 1 it is called by several threads at a time and runs ahead of the consumer by at
    /// most four items a thread. It must not write into the arrays that it is given.
    /// </param>
    /// <param name="parallelism">
    /// The number of threads; 1 calls the function on the consumer's thread. <see cref="AutoTune"/> starts one thread, and another one
    /// each time that the consumer has to wait, up to the number of processors.
    /// </param>
    /// <param name="deterministic">
    /// Whether results keep the order of their items. Without, they come as they are finished, which is a little faster where some take
    /// much longer than others; two runs then differ.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="parallelism"/> is below 1 and not <see cref="AutoTune"/>.</exception>
    public Dataset Map(Func<DataItem, DataItem> function, int parallelism = 1, bool deterministic = true)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new MapDataset(this, (_, _, item) => function(item), parallelism, deterministic);
    }

    /// <summary>
    /// Applies a function of chance to every item: it is given a stream of random numbers that depends on the seed, the epoch and the
    /// item's index, so the results are the same for any number of threads and differ from epoch to epoch.
    /// </summary>
    /// <param name="function">The function of an item and its stream, as for the other <c>Map</c>.</param>
    /// <param name="seed">The seed; null takes one from <see cref="RandomGenerator.Default"/> now.</param>
    /// <param name="parallelism">The number of threads, or <see cref="AutoTune"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="parallelism"/> is below 1 and not <see cref="AutoTune"/>.</exception>
    public Dataset Map(Func<DataItem, RandomKey, DataItem> function, ulong? seed = null, int parallelism = 1)
    {
        ArgumentNullException.ThrowIfNull(function);
        ulong chosen = seed ?? RandomGenerator.Default.NextSeed();
        return new MapDataset(
            this, (epoch, index, item) => function(item, SeedDrawing.ForItem(new RandomKey(chosen, (ulong)epoch), index)), parallelism, deterministic: true);
    }

    /// <summary>The items that a predicate holds for, in order.</summary>
    /// <param name="predicate">The predicate.</param>
    public Dataset Filter(Func<DataItem, bool> predicate) => new FilterDataset(this, predicate);

    /// <summary>
    /// Shuffles with a buffer, as <c>tf.data</c> does: the buffer is filled with the first items, and each item yielded is drawn
    /// from it uniformly and replaced by the source's next. A buffer at least as large as the data shuffles perfectly; a smaller
    /// one mixes only items that are near each other.
    /// </summary>
    /// <param name="bufferSize">The number of items held; null holds all of them.</param>
    /// <param name="seed">Seed of the order; null takes one from <see cref="RandomGenerator.Default"/> now.</param>
    /// <param name="reshuffleEachIteration">Whether every epoch has an order of its own; else all have that of epoch 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bufferSize"/> is below 1.</exception>
    /// <remarks>
    /// Of a data set that has its items by index (pictures, arrays, a cache of these, and <c>Map</c>s of them), it is the indices that are
    /// shuffled, before anything is decoded; then a buffer for all costs nothing. Files that are left out count there as well.
    /// </remarks>
    public Dataset Shuffle(int? bufferSize = null, ulong? seed = null, bool reshuffleEachIteration = true) =>
        new ShuffleDataset(this, bufferSize, seed, reshuffleEachIteration);

    /// <summary>
    /// Stacks runs of items along a new first axis: X, Y and, where any item of a batch has one, SampleWeight (those without
    /// count as 1).
    /// </summary>
    /// <param name="size">The number of items in a batch.</param>
    /// <param name="dropRemainder">Whether a last batch that is not full is left out.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    /// <remarks>
    /// Enumeration throws <see cref="ShapeMismatchException"/>, naming the item and both shapes, when items of one batch differ in
    /// shape or type.
    /// </remarks>
    public Dataset Batch(int size, bool dropRemainder = false) => new BatchDataset(this, size, dropRemainder);

    /// <summary>
    /// Keeps the items in memory. The first enumeration that reaches the end fills the cache, later ones read it and never touch
    /// the source; one that is abandoned half-way leaves nothing behind.
    /// </summary>
    /// <remarks>
    /// As in <c>tf.data</c>, the cache holds what comes out of its source, in that order: after <see cref="Shuffle"/> or
    /// <see cref="Batch"/> the order and the composition of the batches are frozen, whichever epoch is read. Cache before
    /// shuffling for a new order every epoch. The cache is always filled from the source's epoch 0.
    /// </remarks>
    public Dataset Cache() => IndexCount is null ? new CacheDataset(this) : new IndexedCacheDataset(this);

    /// <summary>
    /// Keeps the items in a file, pictures as decoded bytes, which is read through a memory map. The first enumeration that reaches the
    /// end writes it; later ones, in later runs too, read it. A file that was made of other contents or with other settings is replaced.
    /// </summary>
    /// <param name="path">The file. It appears when it is complete; before, it has <c>.tmp</c> behind its name.</param>
    /// <param name="key">
    /// What else the items depend on. Needed where the data set contains a function (<c>Map</c>, <c>Filter</c>, …), which has no settings
    /// to be told by: change the key when the function changes.
    /// </param>
    /// <exception cref="ArgumentException">A key is needed and was not given.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <remarks>
    /// Contents are told by their checksums in zip archives and TFRecords, by length and time of writing in folders and tar archives.
    /// What <see cref="Cache()"/> says of order holds here too.
    /// </remarks>
    public Dataset Cache(string path, string? key = null) => new FileCacheDataset(this, path, key);

    /// <summary>Makes items ahead on a thread of its own while the consumer works on earlier ones.</summary>
    /// <param name="count">How many finished items may wait.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    /// <remarks>
    /// An exception of the source reaches the consumer, with its stack, where the item would have come. Disposing of the
    /// enumerator stops the thread, after the item that it is working on.
    /// </remarks>
    public Dataset Prefetch(int count = 2) => new PrefetchDataset(this, count);

    /// <summary>The first items.</summary>
    /// <param name="count">How many; fewer when the data set has fewer.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public Dataset Take(int count) => new TakeDataset(this, count);

    /// <summary>All but the first items.</summary>
    /// <param name="count">How many to leave out.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public Dataset Skip(int count) => new SkipDataset(this, count);

    /// <summary>
    /// Runs through the data set several times in one enumeration; each pass is an epoch of its own for the source, so a
    /// shuffle before it gives each its order.
    /// </summary>
    /// <param name="count">How many passes; null never ends, unless the source is empty.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public Dataset Repeat(int? count = null) => new RepeatDataset(this, count);

    /// <summary>
    /// Every <paramref name="numShards"/>-th item, for one of several processes that share the work. Shard before shuffling, or shuffle
    /// with the same seed everywhere.
    /// </summary>
    /// <param name="numShards">The number of shards.</param>
    /// <param name="index">Which of them, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such shard.</exception>
    public Dataset Shard(int numShards, int index) => new ShardDataset(this, numShards, index);

    /// <summary>Makes one item of each pair of items of this and another data set, as long as both have one.</summary>
    /// <param name="other">The other data set.</param>
    /// <param name="combine">Makes an item of two.</param>
    public Dataset Zip(Dataset other, Func<DataItem, DataItem, DataItem> combine) => new ZipDataset(this, other, combine);

    /// <summary>
    /// Makes a data set of each item and takes from several of them in turn, such as the pictures of several folders.
    /// </summary>
    /// <param name="function">Makes a data set of an item.</param>
    /// <param name="cycleLength">From how many it takes at a time.</param>
    /// <param name="blockLength">How many items it takes from one before it goes on to the next.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1.</exception>
    public Dataset Interleave(Func<DataItem, Dataset> function, int cycleLength, int blockLength = 1) =>
        new InterleaveDataset(this, function, cycleLength, blockLength);

    /// <summary>
    /// Ends the waiting of the consumer with <see cref="OperationCanceledException"/> when a token is cancelled, however long the next
    /// item takes. Disposing of the enumerator waits for the item at hand. Put it last.
    /// </summary>
    /// <param name="cancellationToken">The token.</param>
    public Dataset WithCancellation(CancellationToken cancellationToken) => new CancellableDataset(this, cancellationToken);

    /// <summary>This data set's items, then another's.</summary>
    /// <param name="other">The items that follow.</param>
    public Dataset Concatenate(Dataset other) => new ConcatenateDataset(this, other);

    /// <summary>Splits into two data sets without a common item.</summary>
    /// <param name="validationFraction">The part of the items that goes into the second, in 0..1, rounded down.</param>
    /// <param name="seed">Draws the second's items at random with this seed; null takes the last ones. Order is kept.</param>
    /// <param name="stratified">
    /// Whether each class gives the fraction of its own items. Reads all items once, unless the data set knows its classes: a target is
    /// one-hot, an index, or one number that is rounded.
    /// </param>
    /// <returns>The items to train on, and those to validate with.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not in 0..1.</exception>
    /// <exception cref="InvalidOperationException">
    /// <see cref="Cardinality"/> is unknown; or a shuffle before the split gives every epoch another order, so that training
    /// would see the validation items. Split first, then shuffle.
    /// </exception>
    public virtual (Dataset Train, Dataset Validation) Split(double validationFraction, ulong? seed = null, bool stratified = false)
    {
        if (IsReshuffled)
        {
            throw new InvalidOperationException(
                "a split after a shuffle that changes every epoch would mix training and validation; split first, then shuffle");
        }

        if (stratified)
        {
            var labels = new List<int>();
            using (var items = Enumerate(epoch: 0))
            {
                while (items.MoveNext())
                    labels.Add(ClassOf(items.Current.Y));
            }

            bool[] drawn = ValidationSplit.DrawStratified(labels.ToArray(), validationFraction, seed);
            return (new PositionsDataset(this, drawn, wanted: false), new PositionsDataset(this, drawn, wanted: true));
        }

        int count = Cardinality ?? throw new InvalidOperationException("a split needs a data set whose cardinality is known");
        int held = ValidationSplit.Count(count, validationFraction);
        if (seed is not { } chosen)
            return (Take(count - held), Skip(count - held));
        bool[] validation = ValidationSplit.Draw(count, held, chosen);
        return (new PositionsDataset(this, validation, wanted: false), new PositionsDataset(this, validation, wanted: true));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Where the batches are of items that can be made by index, shuffled or not. A file that is found damaged then leaves a gap in its
    /// batch, since the other processes do not know of it, and does not make later ones move up.
    /// </remarks>
    IDataSource? IPartitionedDataSource.PartOfBatches(int parts, int first, int count) => PartOfBatches(parts, first, count);

    /// <summary>The parts of batches as a data set, or null where they cost as much as the whole.</summary>
    internal virtual Dataset? PartOfBatches(int parts, int first, int count) => null;

    /// <summary>What stands at some positions of an epoch, in that order: null for one without an item. Needs
    /// <see cref="PositionCount"/>.</summary>
    internal virtual IEnumerator<DataItem?> EnumeratePositions(long epoch, int[] positions) => EnumerateAt(epoch, positions);

    /// <summary>What stands at some indices, in that order: null for an index without an item. Needs <see cref="IndexCount"/>.</summary>
    internal virtual IEnumerator<DataItem?> EnumerateAt(long epoch, int[] order) =>
        throw new NotSupportedException($"{GetType().Name} has no items by index");

    /// <summary>The items of a sequence that has gaps, without the first so many.</summary>
    private protected static IEnumerator<DataItem> Kept(IEnumerator<DataItem?> items, long start = 0)
    {
        using (items)
        {
            while (items.MoveNext())
            {
                if (items.Current is { } item && start-- <= 0)
                    yield return item;
            }
        }
    }

    /// <summary>The items of a sequence without the first so many.</summary>
    private protected static IEnumerator<DataItem> Left(IEnumerator<DataItem> items, long start)
    {
        using (items)
        {
            while (items.MoveNext())
            {
                if (start-- <= 0)
                    yield return items.Current;
            }
        }
    }

    private static int ClassOf(NDArray target)
    {
        if (target.DType == DType.Int32 && target.Shape.Size == 1)
            return target.AsSpan<int>()[0];
        float[] values = target.ToFloats();
        return values.Length switch
        {
            0 => throw new ShapeMismatchException($"a stratified split needs a class in every target, got {target}"),
            1 => (int)MathF.Round(values[0]),
            _ => Array.IndexOf(values, values.Max()),
        };
    }

    private void Moved(PositionedEnumerator items, DataPosition position)
    {
        lock (_gate)
        {
            if (items == _latest)
                _position = position;
        }
    }
}
