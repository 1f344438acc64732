using System.Collections;
using System.Runtime.ExceptionServices;

namespace Numerics.Data;

/// <summary>
/// Applies a function to the items of a sequence on threads of its own, ahead of the consumer, and yields the results. The threads
/// start with the first step and have ended when <see cref="Dispose"/> returns.
/// </summary>
/// <remarks>
/// Results wait in a ring of <c>capacity</c> slots, and no item is taken from the source before a slot is free for it, so at most that
/// many items are in the making or waiting. In order, item i has slot i modulo capacity; else the slots go to the results as they
/// are finished. An exception of the source or the function takes the place of a result and is thrown to the consumer there.
/// </remarks>
internal sealed class ParallelEnumerator<TSource, TResult> : IEnumerator<TResult>
{
    private readonly IEnumerator<TSource> _source;
    private readonly Func<TSource, TResult> _function;
    private readonly Slot[] _ring;
    private readonly int _threadCount;
    private readonly bool _isOrdered, _isAdaptive;
    private readonly CancellationToken _cancellationToken;
    private readonly List<Thread> _threads = [];
    private readonly object _sourceTurn = new();
    private CancellationTokenRegistration _cancellation;

    // Everything below is guarded by _state; it is pulsed whenever any of it changes.
    private readonly object _state = new();
    private long _taken;
    private long _filled;
    private long _yielded;
    private long _end = long.MaxValue;
    private bool _stopped;

    /// <summary>Lays out the work; nothing is done before the first step.</summary>
    /// <param name="source">The items; disposed with this.</param>
    /// <param name="function">The function; called by several threads at a time.</param>
    /// <param name="threads">How many.</param>
    /// <param name="capacity">How many items may be in the making or waiting.</param>
    /// <param name="isOrdered">Whether results come in the order of their items.</param>
    /// <param name="isAdaptive">Whether one thread starts, and another one each time that the consumer has to wait.</param>
    /// <param name="cancellationToken">Ends the waiting of the consumer with <see cref="OperationCanceledException"/>.</param>
    public ParallelEnumerator(
        IEnumerator<TSource> source, Func<TSource, TResult> function, int threads, int capacity, bool isOrdered = true, bool isAdaptive = false,
        CancellationToken cancellationToken = default)
    {
        (_source, _function, _threadCount, _ring) = (source, function, threads, new Slot[capacity]);
        (_isOrdered, _isAdaptive, _cancellationToken) = (isOrdered, isAdaptive, cancellationToken);
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
            _cancellationToken.ThrowIfCancellationRequested();
            if (_threads.Count == 0)
                Start();
            ref Slot slot = ref _ring[_yielded % _ring.Length];
            if (_isAdaptive && !slot.Filled && _threads.Count < _threadCount && _yielded > 0)
                StartThread();
            while (!slot.Filled && _yielded < _end)
            {
                Monitor.Wait(_state);
                _cancellationToken.ThrowIfCancellationRequested();
            }

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

        _cancellation.Dispose();
        foreach (Thread thread in _threads)
            thread.Join();
        _source.Dispose();
    }

    private void Start()
    {
        _cancellation = _cancellationToken.UnsafeRegister(
            static self =>
            {
                object state = ((ParallelEnumerator<TSource, TResult>)self!)._state;
                lock (state)
                    Monitor.PulseAll(state);
            },
            this);
        for (int i = 0; i < (_isAdaptive ? 1 : _threadCount); i++)
            StartThread();
    }

    private void StartThread()
    {
        var thread = new Thread(Work) { IsBackground = true, Name = "Numerics.Data" };
        thread.Start();
        _threads.Add(thread);
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
            _ring[(_isOrdered ? index : _filled) % _ring.Length] = slot;
            _filled++;
            Monitor.PulseAll(_state);
        }
    }

    private static Slot Failed(Exception exception) => new(default!, ExceptionDispatchInfo.Capture(exception), Filled: true);

    private readonly record struct Slot(TResult Result, ExceptionDispatchInfo? Error, bool Filled);
}
