using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A few long-lived threads that share out the shards of one job at a time with the caller. Handing out a job allocates
/// nothing: the job is a struct on the caller's stack, found through a pointer. Waiting threads spin for a moment, because the
/// next kernel of a step comes at once, and then sleep.
/// </summary>
internal sealed unsafe class ThreadTeam : IDisposable
{
    private const int SpinsBeforeSleep = 2000;

    private readonly Thread[] _workers;
    private readonly Lock _oneJobAtATime = new();
    private readonly object _wake = new();

    private void* _work;
    private delegate*<void*, int, void> _invoke;
    private int _shards;
    private int _nextShard;
    private int _busyWorkers;
    private int _generation;
    private int _sleepers;
    private volatile bool _stopping;
    private Exception? _failure;

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

    /// <summary>Runs all shards and returns when they are done.</summary>
    /// <param name="work">The job; it holds pointers and numbers only, and each shard sees the same copy.</param>
    /// <param name="shards">How many shards there are.</param>
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
            Volatile.Write(ref _busyWorkers, _workers.Length);
            Announce();
            TakeShards();
            var spinner = default(SpinWait);
            while (Volatile.Read(ref _busyWorkers) != 0)
                spinner.SpinOnce(sleep1Threshold: -1);
            if (_failure is { } failure)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
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
            TakeShards();
            _ = Interlocked.Decrement(ref _busyWorkers);
        }
    }

    private bool AwaitJob(ref int seen)
    {
        for (int spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            if (_stopping)
                return false;
            if (Volatile.Read(ref _generation) != seen)
            {
                seen++;
                return true;
            }

            Thread.SpinWait(20);
        }

        lock (_wake)
        {
            _ = Interlocked.Increment(ref _sleepers);
            while (Volatile.Read(ref _generation) == seen && !_stopping)
                _ = Monitor.Wait(_wake);
            _ = Interlocked.Decrement(ref _sleepers);
        }

        if (_stopping)
            return false;
        seen++;
        return true;
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
