using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>
/// A group whose engine works on the processor's memory. One thread, the only one that calls the engine, carries out what is asked
/// in order while the caller computes; tensors of a device are copied through ordinary memory. A group over another engine derives
/// from this class and gives it the operations on bytes.
/// </summary>
public abstract unsafe class HostProcessGroup : ProcessGroup
{
    private const int LargestMessage = 1 << 24;

    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_waiting = TimeSpan.FromMilliseconds(100);

    private readonly BlockingCollection<QueuedCommunication> _queue = [];
    private readonly Thread _thread;
    private readonly HostReduction _reduction;
    private volatile Exception? _failure;
    private bool _disposed;

    /// <summary>Creates the group; nothing runs before <see cref="Start"/>.</summary>
    protected HostProcessGroup()
    {
        _reduction = new HostReduction(this);
        _thread = new Thread(Communicate) { IsBackground = true, Name = "Numerics communication" };
    }

    /// <summary>The bytes that this process has sent to others so far; those of an engine's own algorithms are not known.</summary>
    public long SentBytes { get; private set; }

    /// <summary>The time that the communicating thread has spent at work or waiting for other processes.</summary>
    public TimeSpan CommunicationTime { get; private set; }

    /// <summary>The time that callers have waited for what was under way.</summary>
    public TimeSpan WaitingTime { get; private set; }

    /// <inheritdoc/>
    public override void Barrier() => Enqueue(BarrierCore).Wait();

    /// <inheritdoc/>
    public override void Broadcast(Span<byte> data, int root = 0)
    {
        CheckRoot(root);
        fixed (byte* pointer = data)
        {
            nint address = (nint)pointer;
            long length = data.Length;
            Enqueue(() => BroadcastCore((byte*)address, length, root)).Wait();
        }
    }

    /// <inheritdoc/>
    public override void AllGather(ReadOnlySpan<byte> own, Span<byte> all)
    {
        if (all.Length != (long)own.Length * Size)
            throw new ArgumentException($"{own.Length} bytes of {Size} processes need {(long)own.Length * Size}, got room for {all.Length}", nameof(all));
        own.CopyTo(all[(own.Length * Rank)..]);
        long[] counts = new long[Size];
        Array.Fill(counts, own.Length);
        fixed (byte* pointer = all)
        {
            nint address = (nint)pointer;
            Enqueue(() => Gather((byte*)address, counts)).Wait();
        }
    }

    /// <inheritdoc/>
    public override void Broadcast(Tensor tensor, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        CheckRoot(root);
        if (HostAddress(tensor) is not 0 and nint address)
        {
            long bytes = (long)tensor.Count * tensor.DType.Size();
            Enqueue(() => BroadcastCore((byte*)address, bytes, root)).Wait();
            GC.KeepAlive(tensor);
            return;
        }

        NDArray copy = tensor.ToNDArray();
        Broadcast(copy.Bytes, root);
        tensor.Backend.Upload(copy.Bytes, tensor);
    }

    /// <inheritdoc/>
    public override Communication AllReduceAsync(
        Tensor tensor,
        ReduceOperation operation = ReduceOperation.Sum,
        ReductionOrder order = ReductionOrder.Fixed,
        Compression compression = Compression.None,
        int first = 0,
        int? count = null)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.DType != DType.Float32)
            throw new ArgumentException($"only Float32 tensors are added, got {tensor.DType}", nameof(tensor));
        if (compression != Compression.None && order == ReductionOrder.Library)
            throw new NotSupportedException($"{nameof(Compression)}.{compression} needs {nameof(ReductionOrder)}.{nameof(ReductionOrder.Fixed)}: the engine adds no such numbers");
        int length = count ?? tensor.Count - first;
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)first + length, tensor.Count, nameof(count));
        if (HostAddress(tensor) is not 0 and nint address)
        {
            return Enqueue(() =>
            {
                Reduce((float*)address + first, length, operation, order, compression);
                GC.KeepAlive(tensor);
            });
        }

        using Tensor part = TensorRows.Of(tensor, first, new Shape(length));
        float[] copy = part.ToArray();
        fixed (float* pointer = copy)
        {
            nint start = (nint)pointer;
            Enqueue(() => Reduce((float*)start, length, operation, order, compression)).Wait();
        }

        tensor.Backend.Upload(MemoryMarshal.AsBytes(copy.AsSpan()), part);
        return Communication.Done;
    }

    /// <inheritdoc/>
    public override Communication AllGatherAsync(Tensor all, ReadOnlySpan<int> rows, Compression compression = Compression.None)
    {
        ArgumentNullException.ThrowIfNull(all);
        if (rows.Length != Size)
            throw new ArgumentException($"expected the rows of {Size} processes, got {rows.Length} numbers", nameof(rows));
        long row = all.Shape[0] == 0 ? 0 : (long)all.Count / all.Shape[0];
        int sum = 0;
        long[] counts = new long[Size];
        for (int i = 0; i < Size; i++)
        {
            counts[i] = rows[i] * row;
            sum += rows[i];
        }

        if (sum != all.Shape[0])
            throw new ShapeMismatchException($"the processes have {sum} rows together, the tensor is {all.Shape}");
        bool compressed = compression == Compression.BFloat16 && all.DType == DType.Float32;
        if (!compressed)
        {
            for (int i = 0; i < Size; i++)
                counts[i] *= all.DType.Size();
        }

        if (HostAddress(all) is not 0 and nint address)
        {
            return Enqueue(() =>
            {
                Collect(address, counts, compressed);
                GC.KeepAlive(all);
            });
        }

        NDArray copy = all.ToNDArray();
        fixed (byte* pointer = copy.Bytes)
        {
            nint start = (nint)pointer;
            Enqueue(() => Collect(start, counts, compressed)).Wait();
        }

        all.Backend.Upload(copy.Bytes, all);
        return Communication.Done;
    }

    /// <summary>Starts the thread and lets the engine start on it.</summary>
    /// <param name="start">Starts the engine; after it <see cref="ProcessGroup.Rank"/> and <see cref="ProcessGroup.Size"/> are known.</param>
    /// <exception cref="Exception">What starting it threw.</exception>
    protected void Start(Action start)
    {
        _thread.Start();
        QueuedCommunication work = Enqueue(start);
        try
        {
            work.Wait();
        }
        catch
        {
            Finish();
            throw;
        }
    }

    /// <summary>Has something done on the thread that communicates, after what is under way.</summary>
    /// <param name="work">What to do.</param>
    /// <exception cref="ObjectDisposedException">The group has been left.</exception>
    protected void RunSoon(Action work) => _ = Enqueue(work);

    /// <summary>Returns once all processes have called it.</summary>
    protected abstract void BarrierCore();

    /// <summary>Copies one process's bytes to all.</summary>
    /// <param name="data">As many bytes in every process.</param>
    /// <param name="length">How many.</param>
    /// <param name="root">The process whose bytes they are.</param>
    protected abstract void BroadcastCore(byte* data, long length, int root);

    /// <summary>Copies everybody's bytes to all.</summary>
    /// <param name="all">The bytes in the order of the ranks, this process's own in their place.</param>
    /// <param name="counts">How many each process has.</param>
    protected abstract void AllGatherCore(byte* all, ReadOnlySpan<long> counts);

    /// <summary>Sends each process its part of this process's bytes, and receives this process's part of everybody's.</summary>
    /// <param name="send">The parts for the processes, in the order of their ranks.</param>
    /// <param name="sendCounts">The bytes of each part.</param>
    /// <param name="receive">The parts from the processes, in the order of their ranks.</param>
    /// <param name="receiveCount">The bytes of each of these.</param>
    protected abstract void AllToAllCore(byte* send, ReadOnlySpan<long> sendCounts, byte* receive, long receiveCount);

    /// <summary>Replaces floats by what becomes of those of all processes, added as the engine likes.</summary>
    /// <param name="data">The floats.</param>
    /// <param name="count">How many.</param>
    /// <param name="maximum">Whether the largest is wanted instead of the sum.</param>
    protected abstract void AllReduceCore(float* data, long count, bool maximum);

    /// <summary>Ends the engine, after everybody has done so; on the thread that started it.</summary>
    protected abstract void StopCore();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        if (IsBroken || _failure is not null)
        {
            Abort();
            Finish();
            return;
        }

        try
        {
            Enqueue(StopCore).Wait();
        }
        finally
        {
            Finish();
        }
    }

    internal void Gather(byte* all, ReadOnlySpan<long> counts)
    {
        SentBytes += counts[Rank] * (Size - 1);
        AllGatherCore(all, counts);
    }

    internal void Exchange(byte* send, ReadOnlySpan<long> sendCounts, byte* receive, long receiveCount)
    {
        for (int i = 0; i < Size; i++)
            SentBytes += i == Rank ? 0 : sendCounts[i];
        AllToAllCore(send, sendCounts, receive, receiveCount);
    }

    /// <summary>Waits for what another thread ends once other processes have answered.</summary>
    internal void WaitFor(Task done)
    {
        if (done.IsCompleted)
            return;
        long start = Stopwatch.GetTimestamp();
        TimeSpan? stopped = null;
        while (!done.Wait(s_waiting))
        {
            if (!StopToken.IsCancellationRequested)
                continue;
            TimeSpan now = Stopwatch.GetElapsedTime(start);
            stopped ??= now;
            if (now - stopped < s_grace)
                continue;
            MarkBroken();
            throw new ProcessGroupException(string.Create(
                CultureInfo.InvariantCulture,
                $"this process, {Rank} of {Size}, was told to stop while it waited for the others: one of them has ended, or is still at work"));
        }

        WaitingTime += Stopwatch.GetElapsedTime(start);
    }

    private static nint HostAddress(Tensor tensor) => tensor.Buffer.HostAddress is not 0 and nint address ? address + (nint)tensor.ByteOffset : 0;

    private void Reduce(float* data, int count, ReduceOperation operation, ReductionOrder order, Compression compression)
    {
        for (int start = 0; start < count; start += LargestMessage)
        {
            int length = Math.Min(LargestMessage, count - start);
            if (order == ReductionOrder.Fixed && operation != ReduceOperation.Max)
                _reduction.Sum(data + start, length, compression);
            else
                AllReduceCore(data + start, length, operation == ReduceOperation.Max);
        }

        if (operation == ReduceOperation.Mean)
        {
            var numbers = new Span<float>(data, count);
            TensorPrimitives.Divide(numbers, Size, numbers);
        }
    }

    private void Collect(nint address, long[] counts, bool compressed)
    {
        if (compressed)
            _reduction.GatherCompressed((float*)address, counts);
        else
            Gather((byte*)address, counts);
    }

    private QueuedCommunication Enqueue(Action work)
    {
        ObjectDisposedException.ThrowIf(_queue.IsAddingCompleted, this);
        var communication = new QueuedCommunication(this, work);
        _queue.Add(communication);
        return communication;
    }

    private void Communicate()
    {
        foreach (QueuedCommunication work in _queue.GetConsumingEnumerable())
        {
            if (_failure is { } failure)
            {
                work.Fail(new ProcessGroupException($"the processes cannot work together any more: {failure.Message}", failure));
                continue;
            }

            long start = Stopwatch.GetTimestamp();
            _failure = work.Run();
            CommunicationTime += Stopwatch.GetElapsedTime(start);
        }
    }

    private void Finish()
    {
        if (!_queue.IsAddingCompleted)
            _queue.CompleteAdding();
    }

    private void CheckRoot(int root)
    {
        if (root < 0 || root >= Size)
            throw new ArgumentOutOfRangeException(nameof(root), root, $"there are the processes 0 to {Size - 1}");
    }
}
