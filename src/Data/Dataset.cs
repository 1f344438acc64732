using System.Collections;
using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>
/// A sequence of examples or batches that is made while it is read, and can be read again for every epoch. The combinators
/// (<see cref="Map"/>, <see cref="Shuffle"/>, <see cref="Batch"/>, …) have the semantics of <c>tf.data</c>: each returns a new
/// data set, does no work by itself and leaves its source as it was.
/// </summary>
/// <remarks>
/// What an enumeration yields is a function of the pipeline and the number of the epoch alone, never of timing or of the number
/// of threads. <see cref="GetEnumerator"/> counts the epochs of the data set it is called on; <see cref="Epoch"/> sets the count,
/// so a run that was interrupted goes on with the order that it would have had. Items may be shared (by <see cref="Cache"/>, or
/// by a source that holds them): treat their arrays as read-only. An enumerator may hold threads; <c>foreach</c> and LINQ dispose
/// of it, code that calls <see cref="GetEnumerator"/> itself has to.
/// </remarks>
public abstract class Dataset : IResumableDataSource
{
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

    /// <summary>Whether the sequence never ends; then <see cref="Cardinality"/> is null.</summary>
    internal virtual bool IsInfinite => false;

    /// <summary>Whether two epochs may yield the same items in different orders.</summary>
    internal virtual bool IsReshuffled => false;

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
    /// their source go into an item (<see cref="Map"/>, <see cref="Batch"/>, <see cref="Prefetch"/>, …) hand the
    /// leaving out on to their source.
    /// </remarks>
    public virtual IEnumerator<DataItem> Enumerate(long epoch, long start)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        return start == 0 ? Enumerate(epoch) : Discard(epoch, start);
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

    /// <summary>Applies a function to every item, in order.</summary>
    /// <param name="function">
    /// The function. With a parallelism above 1 it is called by several threads at a time and runs ahead of the consumer by at
    /// most four items a thread. It must not write into the arrays that it is given.
    /// </param>
    /// <param name="parallelism">The number of threads; 1 calls the function on the consumer's thread. Order is always kept.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="parallelism"/> is below 1.</exception>
    public Dataset Map(Func<DataItem, DataItem> function, int parallelism = 1) =>
        new MapDataset(this, function, parallelism);

    /// <summary>
    /// Shuffles with a buffer, as <c>tf.data</c> does: the buffer is filled with the first items, and each item yielded is drawn
    /// from it uniformly and replaced by the source's next. A buffer at least as large as the data shuffles perfectly; a smaller
    /// one mixes only items that are near each other.
    /// </summary>
    /// <param name="bufferSize">The number of items held.</param>
    /// <param name="seed">Seed of the order; null takes one from <see cref="RandomGenerator.Default"/> now.</param>
    /// <param name="reshuffleEachIteration">Whether every epoch has an order of its own; else all have that of epoch 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bufferSize"/> is below 1.</exception>
    public Dataset Shuffle(int bufferSize, ulong? seed = null, bool reshuffleEachIteration = true) =>
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
    public Dataset Cache() => new CacheDataset(this);

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

    /// <summary>This data set's items, then another's.</summary>
    /// <param name="other">The items that follow.</param>
    public Dataset Concatenate(Dataset other) => new ConcatenateDataset(this, other);

    /// <summary>Splits into two data sets without a common item.</summary>
    /// <param name="validationFraction">The part of the items that goes into the second, in 0..1, rounded down.</param>
    /// <param name="seed">Draws the second's items at random with this seed; null takes the last ones. Order is kept.</param>
    /// <returns>The items to train on, and those to validate with.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not in 0..1.</exception>
    /// <exception cref="InvalidOperationException">
    /// <see cref="Cardinality"/> is unknown; or a shuffle before the split gives every epoch another order, so that training
    /// would see the validation items. Split first, then shuffle.
    /// </exception>
    public virtual (Dataset Train, Dataset Validation) Split(double validationFraction, ulong? seed = null)
    {
        if (IsReshuffled)
        {
            throw new InvalidOperationException(
                "a split after a shuffle that changes every epoch would mix training and validation; split first, then shuffle");
        }

        int count = Cardinality ?? throw new InvalidOperationException("a split needs a data set whose cardinality is known");
        int held = ValidationSplit.Count(count, validationFraction);
        if (seed is not { } chosen)
            return (Take(count - held), Skip(count - held));
        bool[] validation = ValidationSplit.Draw(count, held, chosen);
        return (new PositionsDataset(this, validation, wanted: false), new PositionsDataset(this, validation, wanted: true));
    }

    private IEnumerator<DataItem> Discard(long epoch, long start)
    {
        using var items = Enumerate(epoch);
        for (; items.MoveNext(); start--)
        {
            if (start <= 0)
                yield return items.Current;
        }
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
