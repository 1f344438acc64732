using System.Collections;
using System.Runtime.ExceptionServices;

namespace Numerics.Data;

/// <summary>
/// Applies a function to the items of a sequence on threads of its own, ahead of the consumer, and yields the results in the
/// sequence's order. The threads start with the first step and have ended when <see cref="Dispose"/> returns.
/// </summary>
/// <remarks>
/// Results wait in a ring of <c>capacity</c> slots; item i has slot i modulo capacity, and no item is taken from the source
/// before its slot is free, so at most that many items are in the making or waiting. An exception of the source or the function
/// takes the slot of the item it belongs to and is thrown to the consumer there, after the results before it.
/// </remarks>
internal sealed class ParallelEnumerator<TSource, TResult> : IEnumerator<TResult>
{
    private readonly IEnumerator<TSource> _source;
    private readonly Func<TSource, TResult> _function;
    private readonly Slot[] _ring;
    private readonly int _threadCount;
    private readonly List<Thread> _threads = [];
    private readonly object _sourceTurn = new();

    // Everything below is guarded by _state; it is pulsed whenever any of it changes.
    private readonly object _state = new();
    private long _taken;
    private long _yielded;
    private long _end = long.MaxValue;
    private bool _stopped;

    public ParallelEnumerator(IEnumerator<TSource> source, Func<TSource, TResult> function, int threads, int capacity)
    {
        _source = source;
        _function = function;
        _threadCount = threads;
        _ring = new Slot[capacity];
        Current = default!;
    }

    public TResult Current { get; private set; }

    object? IEnumerator.Current => Current;

    public bool MoveNext()
    {
        lock (_state)
        {
            if (_stopped)
                return false;
            if (_threads.Count == 0)
                Start();
            ref Slot slot = ref _ring[_yielded % _ring.Length];
            while (!slot.Filled && _yielded < _end)
                Monitor.Wait(_state);
            if (_yielded >= _end)
                return false;
            slot.Error?.Throw();
            Current = slot.Result;
            slot = default;
            _yielded++;
            Monitor.PulseAll(_state);
            return true;
        }
    }

    public void Reset() => throw new NotSupportedException("a data set is enumerated again by asking it for a new enumerator");

    public void Dispose()
    {
        lock (_state)
        {
            if (_stopped)
                return;
            _stopped = true;
            Monitor.PulseAll(_state);
        }

        foreach (Thread thread in _threads)
            thread.Join();
        _source.Dispose();
    }

    private void Start()
    {
        for (int i = 0; i < _threadCount; i++)
        {
            var thread = new Thread(Work) { IsBackground = true, Name = "Numerics.Data" };
            thread.Start();
            _threads.Add(thread);
        }
    }

    private void Work()
    {
        while (TryTake(out long index, out TSource item))
        {
            try
            {
                Fill(index, new Slot(_function(item), Error: null, Filled: true));
            }
            catch (Exception exception)
            {
                Fill(index, Failed(exception));
            }
        }
    }

    /// <summary>Takes the source's next item, one thread at a time: the one whose turn it is waits for a free slot.</summary>
    private bool TryTake(out long index, out TSource item)
    {
        item = default!;
        lock (_sourceTurn)
        {
            lock (_state)
            {
                while (!_stopped && _taken < _end && _taken - _yielded >= _ring.Length)
                    Monitor.Wait(_state);
                index = _taken;
                if (_stopped || index >= _end)
                    return false;
                _taken++;
            }

            try
            {
                if (_source.MoveNext())
                {
                    item = _source.Current;
                    return true;
                }

                End(index);
            }
            catch (Exception exception)
            {
                End(index + 1);
                Fill(index, Failed(exception));
            }

            return false;
        }
    }

    private void End(long count)
    {
        lock (_state)
        {
            _end = count;
            Monitor.PulseAll(_state);
        }
    }

    private void Fill(long index, Slot slot)
    {
        lock (_state)
        {
            _ring[index % _ring.Length] = slot;
            Monitor.PulseAll(_state);
        }
    }

    private static Slot Failed(Exception exception) => new(default!, ExceptionDispatchInfo.Capture(exception), Filled: true);

    private readonly record struct Slot(TResult Result, ExceptionDispatchInfo? Error, bool Filled);
}
