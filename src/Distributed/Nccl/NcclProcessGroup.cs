using System.Globalization;
using Numerics.Backends.Cuda;
using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>
/// Processes with a GPU each, over NVIDIA's NCCL. Tensors of the CUDA backend go from GPU to GPU on a stream of their own, beside the
/// backend's computation; what is in ordinary memory goes through another group, such as MPI, which also brings the processes
/// together.
/// </summary>
/// <remarks>
/// NCCL adds in an order of its own (<see cref="ReductionOrder.Library"/>), the same from run to run for one number of GPUs and one
/// network, and does not compress.
/// </remarks>
public sealed class NcclProcessGroup : ProcessGroup
{
    private readonly CudaBackend _backend;
    private readonly ProcessGroup _control;
    private readonly INcclApi _nccl;
    private readonly nint _group;
    private readonly nint _stream;
    private readonly Stack<nint> _events = new();
    private bool _disposed;

    /// <summary>Joins the processes' GPUs.</summary>
    /// <param name="backend">This process's GPU; each process of a machine needs another one.</param>
    /// <param name="control">The processes; this group owns it from now on.</param>
    /// <exception cref="BackendUnavailableException">There is no NCCL; the message says what was tried.</exception>
    /// <exception cref="ProcessGroupException">NCCL cannot start; the message has its reason.</exception>
    public NcclProcessGroup(CudaBackend backend, ProcessGroup control)
        : this(backend, control, new NativeNcclApi())
    {
    }

    internal NcclProcessGroup(CudaBackend backend, ProcessGroup control, INcclApi nccl)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(control);
        (_backend, _control, _nccl) = (backend, control, nccl);
        byte[] id = control.Rank == 0 ? nccl.GetUniqueId() : new byte[NcclUniqueId.Bytes];
        control.Broadcast(id);
        backend.Activate();
        _group = nccl.Join(id, control.Size, control.Rank);
        _stream = backend.Api.CreateStream();
    }

    /// <inheritdoc/>
    public override int Rank => _control.Rank;

    /// <inheritdoc/>
    public override int Size => _control.Size;

    /// <inheritdoc/>
    public override bool AddsInFixedOrder => false;

    /// <inheritdoc/>
    public override string Description => string.Create(
        CultureInfo.InvariantCulture, $"NCCL {_nccl.Version / 10000}.{_nccl.Version / 100 % 100}.{_nccl.Version % 100}, {_backend.Name}; {_control.Description}");

    /// <inheritdoc/>
    public override void Barrier() => _control.Barrier();

    /// <inheritdoc/>
    public override void Broadcast(Span<byte> data, int root = 0) => _control.Broadcast(data, root);

    /// <inheritdoc/>
    public override void AllGather(ReadOnlySpan<byte> own, Span<byte> all) => _control.AllGather(own, all);

    /// <inheritdoc/>
    public override void Broadcast(Tensor tensor, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!IsOnDevice(tensor))
            _control.Broadcast(tensor, root);
        else if (tensor.Count > 0)
            Enqueue(tensor, address => _nccl.Broadcast(address, Bytes(tensor), root, _group, _stream)).Wait();
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
        if (!IsOnDevice(tensor))
            return _control.AllReduceAsync(tensor, operation, order, compression, first, count);
        if (order != ReductionOrder.Library)
            throw new NotSupportedException($"NCCL adds in an order of its own: ask for {nameof(ReductionOrder)}.{nameof(ReductionOrder.Library)}");
        if (compression != Compression.None)
            throw new NotSupportedException($"{nameof(Compression)}.{compression}: tensors go through NCCL as they are");
        if (tensor.DType != DType.Float32)
            throw new ArgumentException($"only Float32 tensors are added, got {tensor.DType}", nameof(tensor));
        int length = count ?? tensor.Count - first;
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)first + length, tensor.Count, nameof(count));
        NcclReduction reduction = operation switch
        {
            ReduceOperation.Sum => NcclReduction.Sum,
            ReduceOperation.Mean => NcclReduction.Average,
            _ => NcclReduction.Max,
        };
        return length == 0
            ? Communication.Done
            : Enqueue(tensor, address => _nccl.AllReduce(address + ((ulong)first * sizeof(float)), length, reduction, _group, _stream));
    }

    /// <inheritdoc/>
    public override Communication AllGatherAsync(Tensor all, ReadOnlySpan<int> rows, Compression compression = Compression.None)
    {
        ArgumentNullException.ThrowIfNull(all);
        if (!IsOnDevice(all))
            return _control.AllGatherAsync(all, rows, compression);
        if (compression != Compression.None)
            throw new NotSupportedException($"{nameof(Compression)}.{compression}: tensors go through NCCL as they are");
        if (rows.Length != Size)
            throw new ArgumentException($"expected the rows of {Size} processes, got {rows.Length} numbers", nameof(rows));
        int[] counts = rows.ToArray();
        if (counts.Sum() != all.Shape[0])
            throw new ShapeMismatchException($"the processes have {counts.Sum()} rows together, the tensor is {all.Shape}");
        if (all.Count == 0)
            return Communication.Done;
        long row = Bytes(all) / all.Shape[0];
        return Enqueue(all, address =>
        {
            if (Array.TrueForAll(counts, count => count == counts[0]))
            {
                _nccl.AllGather(address, counts[0] * row, Rank, _group, _stream);
                return;
            }

            _nccl.BeginTogether();
            for (int root = 0; root < counts.Length; address += (ulong)(counts[root++] * row))
            {
                if (counts[root] > 0)
                    _nccl.Broadcast(address, counts[root] * row, root, _group, _stream);
            }

            _nccl.EndTogether();
        });
    }

    /// <inheritdoc/>
    public override void Abort(int exitCode = 1)
    {
        _nccl.Abort(_group);
        _control.Abort(exitCode);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        if (IsBroken)
        {
            _nccl.Abort(_group);
            _control.MarkBroken();
        }
        else
        {
            _backend.Activate();
            _backend.Api.SynchronizeStream(_stream);
            _nccl.Leave(_group);
            while (_events.TryPop(out nint @event))
                _backend.Api.DestroyEvent(@event);
            _backend.Api.DestroyStream(_stream);
        }

        _control.Dispose();
    }

    private static long Bytes(Tensor tensor) => (long)tensor.Count * tensor.DType.Size();

    private bool IsOnDevice(Tensor tensor) => tensor.Backend == _backend;

    // After what the backend has been asked for so far, and beside what it is asked for next.
    private DeviceCommunication Enqueue(Tensor tensor, Action<ulong> call)
    {
        ulong address = ((DeviceBuffer)tensor.Buffer).Overwrite() + (ulong)tensor.ByteOffset;
        _backend.Activate();
        nint ready = TakeEvent(), done = TakeEvent();
        _backend.Api.RecordEvent(ready, _backend.Stream);
        _backend.Api.WaitForEvent(_stream, ready);
        call(address);
        _backend.Api.RecordEvent(done, _stream);
        return new DeviceCommunication(this, tensor, ready, done);
    }

    private nint TakeEvent() => _events.TryPop(out nint @event) ? @event : _backend.Api.CreateEvent();

    private sealed class DeviceCommunication(NcclProcessGroup group, Tensor tensor, nint ready, nint done) : Communication
    {
        private bool _waited;

        /// <summary>The processor never waits: the device does.</summary>
        public override bool IsCompleted => true;

        public override void Wait()
        {
            if (_waited)
                return;
            _waited = true;
            group._backend.Activate();
            group._backend.Api.WaitForEvent(group._backend.Stream, done);
            GC.KeepAlive(tensor);
            group._events.Push(ready);
            group._events.Push(done);
        }
    }
}
