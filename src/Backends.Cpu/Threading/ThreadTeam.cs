using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A few long-lived threads that share out the shards of one job at a time with the caller. Handing out a job allocates
/// nothing: the job is a struct on the caller's stack, found through a pointer. Waiting threads spin for a moment, because the
/// next kernel of a step comes at once, and then sleep. The caller never waits for a thread that has not started on the
/// job: on a busy machine, where a thread may take milliseconds to wake, it does the shards itself and goes on. For one that has
/// started it spins half a millisecond, longer than the last shards of a job usually differ, and then sleeps: the thread has lost its
/// processor to somebody else's, and a sleeping caller leaves it its own.
/// </summary>
internal sealed unsafe class ThreadTeam : IDisposable
{
    private const int SpinsBeforeSleep = 2000;
    [ThreadStatic]
    private static int s_current;

    private static readonly TimeSpan s_spinning = TimeSpan.FromMilliseconds(0.5);

    private readonly Thread[] _workers;
    private readonly Lock _oneJobAtATime = new();
    private readonly object _wake = new();
    private readonly object _done = new();

    // The job's number in the upper half, the shards that nobody has taken yet in the lower. The other fields of a job are
    // written only while none are left, so whoever takes a shard by changing this in one step has read that job's fields.
    private long _ticket;
    private void* _work;
    private delegate*<void*, int, void> _invoke;
    private int _shards;
    private int _unfinished;
    private int _sleepers;
    private int _callerSleeps;
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
            int number = i + 1;
            _workers[i] = new Thread(() => Serve(number)) { IsBackground = true, Name = $"Numerics CPU {i + 1}" };
            _workers[i].Start();
        }
    }

    /// <summary>The number of the thread that asks, among those of its team: 0 for every thread that calls, below <see cref="Threads"/>.</summary>
    public static int Current => s_current;

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
            _failure = null;
            _unfinished = shards;
            int job = Job(_ticket) + 1;
            Announce(job, shards);
            TakeShards(job);
            AwaitOthers();
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

    private static int Job(long ticket) => (int)(ticket >> 32);

    private void Announce(int job, int shards)
    {
        // A full fence orders this write before the look at the sleepers; a worker counts itself before its last look at
        // the ticket. One of the two sees the other.
        _ = Interlocked.Exchange(ref _ticket, ((long)job << 32) | (uint)shards);
        if (Volatile.Read(ref _sleepers) == 0)
            return;
        lock (_wake)
            Monitor.PulseAll(_wake);
    }

    private void AwaitOthers()
    {
        if (Volatile.Read(ref _unfinished) == 0)
            return;
        long start = Stopwatch.GetTimestamp();
        var spinner = default(SpinWait);
        while (Volatile.Read(ref _unfinished) != 0)
        {
            if (Stopwatch.GetElapsedTime(start) < s_spinning)
            {
                spinner.SpinOnce(sleep1Threshold: -1);
                continue;
            }

            // As in Announce: whoever finishes the last shard looks at the sleeper after it, the sleeper at the shards after this.
            lock (_done)
            {
                _ = Interlocked.Exchange(ref _callerSleeps, 1);
                while (Volatile.Read(ref _unfinished) != 0)
                    _ = Monitor.Wait(_done);
                _callerSleeps = 0;
            }
        }
    }

    private void Serve(int number)
    {
        s_current = number;
        int job = 0;
        while (AwaitJob(ref job))
            TakeShards(job);
    }

    private bool AwaitJob(ref int job)
    {
        int last = job;
        for (int spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            if (_stopping)
                return false;
            job = Job(Volatile.Read(ref _ticket));
            if (job != last)
                return true;
            Thread.SpinWait(20);
        }

        lock (_wake)
        {
            _ = Interlocked.Increment(ref _sleepers);
            while ((job = Job(Volatile.Read(ref _ticket))) == last && !_stopping)
                _ = Monitor.Wait(_wake);
            _ = Interlocked.Decrement(ref _sleepers);
        }

        return !_stopping;
    }

    private void TakeShards(int job)
    {
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket);
            int left = (int)ticket;
            if (Job(ticket) != job || left == 0)
                return;
            int shard = _shards - left;
            void* work = _work;
            delegate*<void*, int, void> invoke = _invoke;
            if (Interlocked.CompareExchange(ref _ticket, ticket - 1, ticket) != ticket)
                continue;
            try
            {
                if (Volatile.Read(ref _failure) is null)
                    invoke(work, shard);
            }
            catch (Exception exception)
            {
                // Run rethrows the first one to its caller, once every thread has let go of the job's memory.
                _ = Interlocked.CompareExchange(ref _failure, exception, null);
            }

            if (Interlocked.Decrement(ref _unfinished) != 0 || Volatile.Read(ref _callerSleeps) == 0)
                continue;
            lock (_done)
                Monitor.Pulse(_done);
        }
    }
}
