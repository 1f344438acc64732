using System.Diagnostics.CodeAnalysis;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The batches of a training, epoch after epoch: a data source is enumerated once an epoch, or on and on where an epoch has a fixed
/// number of steps. Knows what it takes to go on from the same batch in another process.
/// </summary>
internal sealed class TrainingFeed : IDisposable
{
    private readonly IBatchSource _source;
    private readonly int? _steps;
    private IEnumerator<Func<TensorBatch>>? _items;
    private int _left;
    private bool _any;

    /// <param name="source">The data.</param>
    /// <param name="steps">The number of steps of an epoch, or null for all that the data yields.</param>
    public TrainingFeed(IBatchSource source, int? steps) => (_source, _steps) = (source, steps);

    /// <summary>The steps of an epoch, or null when they are not known.</summary>
    public int? Steps => _steps ?? _source.Cardinality;

    /// <summary>Where the data is, if the data can tell.</summary>
    public DataPosition? Position => _source.Resumable?.Position;

    /// <summary>The number of batches taken since the data was last begun; -1 before.</summary>
    public long Taken { get; private set; } = -1;

    /// <summary>The random numbers' state when the data was last begun, which an order may have been drawn from.</summary>
    public RandomState RandomAtStart { get; private set; }

    /// <summary>Whether the data ended before the epoch's number of steps.</summary>
    public bool RanOut { get; private set; }

    /// <summary>Begins an epoch.</summary>
    /// <param name="done">The steps of the epoch that were taken before the process started.</param>
    public void BeginEpoch(int done = 0)
    {
        RanOut = false;
        _left = (_steps ?? int.MaxValue) - done;
        _any = done > 0;
        if (_items is null || (_steps is null && done == 0))
            Begin();
    }

    /// <summary>The next batch, unless the epoch is over.</summary>
    public bool TryNext([MaybeNullWhen(false)] out Func<TensorBatch> batch)
    {
        batch = default;
        if (_left == 0)
            return false;
        bool found = _items!.MoveNext();
        if (!found && _steps is not null && !_any)
        {
            // The epoch before took the last batch.
            Begin();
            found = _items.MoveNext();
        }

        if (!found)
        {
            RanOut = _steps is not null;
            Dispose();
            return false;
        }

        batch = _items.Current;
        _any = true;
        Taken++;
        _left--;
        return true;
    }

    /// <summary>Goes on where a run was interrupted.</summary>
    /// <param name="taken">The number of batches taken since the data was begun; -1 when it is to be begun anew.</param>
    /// <param name="position">Where the data was, if it could tell.</param>
    /// <param name="randomAtStart">The random numbers' state when the data was begun.</param>
    public void Resume(long taken, DataPosition? position, RandomState randomAtStart)
    {
        if (position is { } place && _source.Resumable is { } resumable)
        {
            resumable.Position = place;
            if (taken >= 0)
                Begin();
        }
        else if (taken >= 0)
        {
            randomAtStart.Restore();
            Begin();
            for (long i = 0; i < taken; i++)
            {
                if (!_items.MoveNext())
                    throw new InvalidDataException($"the checkpoint was made after {taken} batches of the data, which has only {i} now");
            }
        }

        (Taken, RandomAtStart) = (taken, randomAtStart);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _items?.Dispose();
        _items = null;
        Taken = -1;
    }

    [MemberNotNull(nameof(_items))]
    private void Begin()
    {
        Dispose();
        RandomAtStart = RandomState.Now;
        _items = _source.GetEnumerator();
        Taken = 0;
    }
}
