namespace Numerics.Distributed.Tests;

/// <summary>A process of a group whose processes are threads of this one, with memory of its own.</summary>
internal sealed unsafe class ThreadGroup : HostProcessGroup
{
    private readonly Shared _shared;

    private ThreadGroup(Shared shared, int rank)
    {
        (_shared, Rank) = (shared, rank);
        Start(() => { });
    }

    public override int Rank { get; }

    public override int Size => _shared.Addresses.Length;

    public override string Description => $"{Size} threads";

    /// <summary>Runs something in every process of a new group; the first error ends the others' waiting and is thrown.</summary>
    public static T[] Run<T>(int size, Func<ProcessGroup, T> process)
    {
        using var shared = new Shared(size);
        var results = new T[size];
        var errors = new Exception?[size];
        Thread[] threads = [.. Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                using var group = new ThreadGroup(shared, rank);
                try
                {
                    results[rank] = process(group);
                }
                catch
                {
                    group.MarkBroken();
                    throw;
                }
            }
            catch (Exception error)
            {
                errors[rank] = error;
                shared.Broken.Cancel();
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Exception[] all = [.. errors.OfType<Exception>()];
        if (all.FirstOrDefault(error => error is not ProcessGroupException and not OperationCanceledException) is { } cause)
            throw new AggregateException(cause.Message, all.Prepend(cause));
        return all.Length == 0 ? results : throw new AggregateException(all);
    }

    public override void Abort(int exitCode = 1) => _shared.Broken.Cancel();

    protected override void BarrierCore() => _shared.Meet();

    protected override void BroadcastCore(byte* data, long length, int root)
    {
        _shared.Addresses[Rank] = (nint)data;
        _shared.Meet();
        if (Rank != root)
            new ReadOnlySpan<byte>((byte*)_shared.Addresses[root], (int)length).CopyTo(new Span<byte>(data, (int)length));
        _shared.Meet();
    }

    protected override void AllGatherCore(byte* all, ReadOnlySpan<long> counts)
    {
        _shared.Addresses[Rank] = (nint)all;
        _shared.Meet();
        long place = 0;
        for (int i = 0; i < Size; place += counts[i++])
        {
            if (i != Rank)
                new ReadOnlySpan<byte>((byte*)_shared.Addresses[i] + place, (int)counts[i]).CopyTo(new Span<byte>(all + place, (int)counts[i]));
        }

        _shared.Meet();
    }

    protected override void AllToAllCore(byte* send, ReadOnlySpan<long> sendCounts, byte* receive, long receiveCount)
    {
        _shared.Addresses[Rank] = (nint)send;
        _shared.Meet();
        long place = 0;
        for (int i = 0; i < Rank; i++)
            place += sendCounts[i];
        for (int i = 0; i < Size; i++)
        {
            new ReadOnlySpan<byte>((byte*)_shared.Addresses[i] + place, (int)receiveCount)
                .CopyTo(new Span<byte>(receive + (receiveCount * i), (int)receiveCount));
        }

        _shared.Meet();
    }

    protected override void AllReduceCore(float* data, long count, bool maximum)
    {
        _shared.Addresses[Rank] = (nint)data;
        _shared.Meet();
        float[] result = new float[count];
        for (int i = 0; i < count; i++)
        {
            result[i] = ((float*)_shared.Addresses[0])[i];
            for (int rank = 1; rank < Size; rank++)
            {
                float other = ((float*)_shared.Addresses[rank])[i];
                result[i] = maximum ? Math.Max(result[i], other) : result[i] + other;
            }
        }

        _shared.Meet();
        result.CopyTo(new Span<float>(data, (int)count));
    }

    protected override void StopCore() => _shared.Meet();

    private sealed class Shared(int size) : IDisposable
    {
        private readonly Barrier _barrier = new(size);

        public nint[] Addresses { get; } = new nint[size];

        public CancellationTokenSource Broken { get; } = new();

        public void Dispose()
        {
            _barrier.Dispose();
            Broken.Dispose();
        }

        public void Meet()
        {
            try
            {
                _barrier.SignalAndWait(Broken.Token);
            }
            catch (OperationCanceledException error)
            {
                throw new ProcessGroupException("another process has ended", error);
            }
        }
    }
}
