using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A few long-lived threads that share out the shards of one job at a time with the caller. Handing out a job allocates
/// nothing: the job is a struct on the caller's stack, found through a pointer. Waiting threads spin for a moment, because the
/// next kernel of a step comes at once, and then sleep. A thread that wakes up late misses the job, and nobody waits for it.
/// </summary>
internal sealed unsafe class ThreadTeam : IDisposable
{
    private const int SpinsBeforeSleep = 2000;

    /// <summary>Set in <see cref="_helpers"/> while there is no job to join.</summary>
    private const int Closed = int.MinValue;

    private readonly Thread[] _workers;
    private readonly Lock _oneJobAtATime = new();
    private readonly object _wake = new();

    // The job. Written while it is closed and nobody is in it, so that whoever joins it sees all of it.
    private void* _work;
    private delegate*<void*, int, void> _invoke;
    private int _shards;
    private int _nextShard;
    private Exception? _failure;

    // How many workers are inside the job, and whether more may join.
    private int _helpers = Closed;
    private int _generation;
    private int _sleepers;
    private volatile bool _stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many threads work on a job, the caller included; at least 1.</param>
    public ThreadTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _workers = new Thread[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Serve) { IsBackground = true, Name = $"Numerics CPU {i + 1}" };
            _workers[i].Start();
        }
    }

    /// <summary>How many threads work on a job, the caller included.</summary>
    public int Threads => _workers.Length + 1;

    /// <summary>
    /// Runs all shards and returns when they are done. Several threads may call it, one job runs after the other; a shard must
    /// not call it.
    /// </summary>
    /// <param name="work">The job; it holds pointers and numbers only, and each shard sees the same copy.</param>
    /// <param name="shards">How many shards there are; a single one runs right here.</param>
    /// <exception cref="Exception">What the first shard to fail threw; shards that had not begun by then are left out.</exception>
    public void Run<T>(T work, int shards)
        where T : unmanaged, IShardedWork
    {
        if (shards <= 1 || _workers.Length == 0)
        {
            for (int shard = 0; shard < shards; shard++)
                work.Run(shard);
            return;
        }

        lock (_oneJobAtATime)
        {
            _work = &work;
            _invoke = &Invoke<T>;
            _shards = shards;
            _nextShard = 0;
            _failure = null;
            Volatile.Write(ref _helpers, 0);
            Announce();
            TakeShards();
            _ = Interlocked.Add(ref _helpers, Closed);
            var spinner = default(SpinWait);
            while (Volatile.Read(ref _helpers) != Closed)
                spinner.SpinOnce(sleep1Threshold: -1);
            if (_failure is { } failure)
            {
                _failure = null;
                ExceptionDispatchInfo.Throw(failure);
            }
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _stopping = true;
        lock (_wake)
            Monitor.PulseAll(_wake);
        foreach (Thread worker in _workers)
            worker.Join();
    }

    private static void Invoke<T>(void* work, int shard)
        where T : unmanaged, IShardedWork => Unsafe.AsRef<T>(work).Run(shard);

    private void Announce()
    {
        // A full fence orders this write before the look at the sleepers; a worker counts itself before its last look at
        // the generation. One of the two sees the other.
        _ = Interlocked.Increment(ref _generation);
        if (Volatile.Read(ref _sleepers) == 0)
            return;
        lock (_wake)
            Monitor.PulseAll(_wake);
    }

    private void Serve()
    {
        int seen = 0;
        while (AwaitJob(ref seen))
        {
            if (!TryJoin())
                continue;
            TakeShards();
            _ = Interlocked.Decrement(ref _helpers);
        }
    }

    private bool TryJoin()
    {
        while (true)
        {
            int now = Volatile.Read(ref _helpers);
            if (now < 0)
                return false;
            if (Interlocked.CompareExchange(ref _helpers, now + 1, now) == now)
                return true;
        }
    }

    private bool AwaitJob(ref int seen)
    {
        for (int spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            if (_stopping)
                return false;
            if (HasNext(ref seen))
                return true;
            Thread.SpinWait(20);
        }

        lock (_wake)
        {
            _ = Interlocked.Increment(ref _sleepers);
            while (Volatile.Read(ref _generation) == seen && !_stopping)
                _ = Monitor.Wait(_wake);
            _ = Interlocked.Decrement(ref _sleepers);
        }

        return !_stopping && HasNext(ref seen);
    }

    // Only the latest job can be open: those in between are over.
    private bool HasNext(ref int seen)
    {
        int generation = Volatile.Read(ref _generation);
        bool isNew = generation != seen;
        seen = generation;
        return isNew;
    }

    private void TakeShards()
    {
        try
        {
            while (true)
            {
                int shard = Interlocked.Increment(ref _nextShard) - 1;
                if (shard >= _shards)
                    return;
                _invoke(_work, shard);
            }
        }
        catch (Exception exception)
        {
            // Run rethrows the first one to its caller, once every thread has let go of the job's memory.
            _ = Interlocked.CompareExchange(ref _failure, exception, null);
            Volatile.Write(ref _nextShard, _shards);
        }
    }
}
