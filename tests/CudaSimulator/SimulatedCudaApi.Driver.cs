using System.Diagnostics;
using Numerics.Backends.Cuda;
using Numerics.CudaSimulator.Memory;
using Numerics.CudaSimulator.Ptx;
using Numerics.CudaSimulator.Streams;

namespace Numerics.CudaSimulator;

/// <content>The driver.</content>
public sealed unsafe partial class SimulatedCudaApi
{
    private const int NotReady = 600;
    private const int InvalidPtx = 218;
    private const int NotFound = 500;

    private int _retained;
    private nint _context;

    [ThreadStatic]
    private static nint s_current;

    /// <inheritdoc/>
    public int DriverVersion { get; init; } = 12_080;

    /// <inheritdoc/>
    public int DeviceCount { get; init; } = 1;

    /// <inheritdoc/>
    public CudaDeviceInfo GetDeviceInfo(int device) => new("Simulated device", ComputeCapability, 2, MemoryLimit);

    /// <inheritdoc/>
    public nint RetainPrimaryContext(int device)
    {
        lock (_lock)
        {
            Enter(nameof(RetainPrimaryContext));
            if (device < 0 || device >= DeviceCount)
                throw Error("cuDevicePrimaryCtxRetain", 101, "invalid device ordinal");
            _retained++;
            s_current = _context = _context == 0 ? 0x77 : _context;
            return _context;
        }
    }

    /// <inheritdoc/>
    public void ReleasePrimaryContext(int device)
    {
        lock (_lock)
        {
            Enter(nameof(ReleasePrimaryContext));
            if (_retained-- <= 0)
                throw Error("cuDevicePrimaryCtxRelease", 201, "the context was not retained");
        }
    }

    /// <inheritdoc/>
    public void SetCurrentContext(nint context)
    {
        lock (_lock)
        {
            Enter(nameof(SetCurrentContext));
            if (context != _context)
                throw Error("cuCtxSetCurrent", 201, "invalid context");
            s_current = context;
        }
    }

    /// <inheritdoc/>
    public (long Free, long Total) GetMemoryInfo() => (MemoryLimit - Memory.UsedBytes, MemoryLimit);

    /// <inheritdoc/>
    public ulong AllocateMemory(long byteLength)
    {
        lock (_lock)
        {
            Work(nameof(AllocateMemory));
            if (byteLength < 1)
                throw Error("cuMemAlloc", InvalidValue, "no bytes");
            if (byteLength > MemoryLimit - Memory.UsedBytes)
                throw Error("cuMemAlloc", CudaException.OutOfMemory, "out of memory");
            return Memory.Allocate(byteLength).Start;
        }
    }

    /// <inheritdoc/>
    public void FreeMemory(ulong address)
    {
        lock (_lock)
        {
            Work(nameof(FreeMemory));

            // As the driver does, everything that may use the memory is finished first.
            foreach (SimulatedStream stream in Streams)
                stream.Run();
            Memory.Free(address);
        }
    }

    /// <inheritdoc/>
    public nint AllocateHostMemory(long byteLength)
    {
        lock (_lock)
        {
            Work(nameof(AllocateHostMemory));
            var host = new HostAllocation(byteLength);
            _handles[host.Start] = host;
            return host.Start;
        }
    }

    /// <inheritdoc/>
    public void FreeHostMemory(nint address)
    {
        lock (_lock)
        {
            Work(nameof(FreeHostMemory));
            Remove<HostAllocation>(address, "cuMemFreeHost").Free();
        }
    }

    /// <inheritdoc/>
    public void CopyToDevice(ulong target, nint source, long byteLength, nint stream)
    {
        lock (_lock)
        {
            Work(nameof(CopyToDevice));
            CheckHost(source, byteLength, "cuMemcpyHtoDAsync");
            _ = Memory.Find(target, byteLength);
            Enqueue(stream, () => Buffer.MemoryCopy((void*)source, Memory.Pointer(target, byteLength), byteLength, byteLength), "cuMemcpyHtoDAsync");
        }
    }

    /// <inheritdoc/>
    public void CopyToHost(nint target, ulong source, long byteLength, nint stream)
    {
        lock (_lock)
        {
            Work(nameof(CopyToHost));
            CheckHost(target, byteLength, "cuMemcpyDtoHAsync");
            _ = Memory.Find(source, byteLength);
            Enqueue(stream, () => Buffer.MemoryCopy(Memory.Pointer(source, byteLength), (void*)target, byteLength, byteLength), "cuMemcpyDtoHAsync");
        }
    }

    /// <inheritdoc/>
    public void CopyOnDevice(ulong target, ulong source, long byteLength, nint stream)
    {
        lock (_lock)
        {
            Work(nameof(CopyOnDevice));
            _ = Memory.Find(target, byteLength);
            _ = Memory.Find(source, byteLength);
            Enqueue(
                stream,
                () => Buffer.MemoryCopy(Memory.Pointer(source, byteLength), Memory.Pointer(target, byteLength), byteLength, byteLength),
                "cuMemcpyDtoDAsync");
        }
    }

    /// <inheritdoc/>
    public void SetMemory(ulong target, uint value, long count, nint stream)
    {
        lock (_lock)
        {
            Work(nameof(SetMemory));
            if (target % 4 != 0)
                throw Error("cuMemsetD32Async", InvalidValue, "a misaligned address");
            _ = Memory.Find(target, 4 * count);
            Enqueue(stream, () => new Span<uint>(Memory.Pointer(target, 4 * count), checked((int)count)).Fill(value), "cuMemsetD32Async");
        }
    }

    /// <inheritdoc/>
    public nint CreateStream()
    {
        lock (_lock)
        {
            Work(nameof(CreateStream));
            var stream = new SimulatedStream(_nextHandle + 0x10);
            return Add(stream);
        }
    }

    /// <inheritdoc/>
    public void DestroyStream(nint stream)
    {
        lock (_lock)
        {
            Work(nameof(DestroyStream));
            Remove<SimulatedStream>(stream, "cuStreamDestroy").Run();
        }
    }

    /// <inheritdoc/>
    public void SynchronizeStream(nint stream)
    {
        lock (_lock)
        {
            Work(nameof(SynchronizeStream));
            Get<SimulatedStream>(stream, "cuStreamSynchronize").Run();
        }
    }

    /// <inheritdoc/>
    public void WaitForEvent(nint stream, nint @event)
    {
        lock (_lock)
        {
            Work(nameof(WaitForEvent));
            SimulatedEvent waited = Get<SimulatedEvent>(@event, "cuStreamWaitEvent");
            if (waited is not { Stream: { } other, Point: { } point })
                return;
            Enqueue(stream, () => other.RunUntil(point), "cuStreamWaitEvent");
        }
    }

    /// <inheritdoc/>
    public nint CreateEvent()
    {
        lock (_lock)
        {
            Work(nameof(CreateEvent));
            return Add(new SimulatedEvent());
        }
    }

    /// <inheritdoc/>
    public void DestroyEvent(nint @event)
    {
        lock (_lock)
        {
            Work(nameof(DestroyEvent));
            _ = Remove<SimulatedEvent>(@event, "cuEventDestroy");
        }
    }

    /// <inheritdoc/>
    public void RecordEvent(nint @event, nint stream)
    {
        lock (_lock)
        {
            Work(nameof(RecordEvent));
            SimulatedEvent recorded = Get<SimulatedEvent>(@event, "cuEventRecord");
            var point = new StreamWork(() => recorded.Time = Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency);
            (recorded.Stream, recorded.Point, recorded.Time) = (Get<SimulatedStream>(stream, "cuEventRecord"), point, null);
            recorded.Stream.Enqueue(point);
        }
    }

    /// <inheritdoc/>
    public void SynchronizeEvent(nint @event)
    {
        lock (_lock)
        {
            Work(nameof(SynchronizeEvent));
            SimulatedEvent waited = Get<SimulatedEvent>(@event, "cuEventSynchronize");
            if (waited is { Stream: { } stream, Point: { } point })
                stream.RunUntil(point);
        }
    }

    /// <inheritdoc/>
    public float ElapsedMilliseconds(nint start, nint end)
    {
        lock (_lock)
        {
            Work(nameof(ElapsedMilliseconds));
            double? first = Get<SimulatedEvent>(start, "cuEventElapsedTime").Time, last = Get<SimulatedEvent>(end, "cuEventElapsedTime").Time;
            return (float)(last - first ?? throw Error("cuEventElapsedTime", NotReady, "device not ready"));
        }
    }

    /// <inheritdoc/>
    public nint LoadModule(string ptx)
    {
        lock (_lock)
        {
            Work(nameof(LoadModule));
            try
            {
                return Add(s_modules.GetOrAdd(ptx, PtxModule.Parse));
            }
            catch (PtxException error)
            {
                throw new CudaException($"cuModuleLoadDataEx failed with status {InvalidPtx}: {error.Message}", error);
            }
        }
    }

    /// <inheritdoc/>
    public void UnloadModule(nint module)
    {
        lock (_lock)
        {
            Work(nameof(UnloadModule));
            _ = Remove<PtxModule>(module, "cuModuleUnload");
            foreach ((nint handle, object held) in _handles.ToArray())
            {
                if (held is LoadedFunction function && function.Module == module)
                    _handles.Remove(handle);
            }
        }
    }

    /// <inheritdoc/>
    public nint GetFunction(nint module, string name)
    {
        lock (_lock)
        {
            Work(nameof(GetFunction));
            return Get<PtxModule>(module, "cuModuleGetFunction").Kernels.TryGetValue(name, out PtxKernel? kernel)
                ? Add(new LoadedFunction(module, kernel))
                : throw Error("cuModuleGetFunction", NotFound, $"named symbol not found: {name}");
        }
    }

    /// <inheritdoc/>
    public void Launch(nint function, CudaDim grid, CudaDim block, int sharedBytes, nint stream, ReadOnlySpan<byte> arguments)
    {
        lock (_lock)
        {
            Work(nameof(Launch));
            PtxKernel kernel = Get<LoadedFunction>(function, "cuLaunchKernel").Kernel;
            if (kernel.Refusal(grid, block, sharedBytes, arguments.Length) is { } refusal)
                throw Error("cuLaunchKernel", InvalidValue, refusal);
            byte[] bytes = arguments.ToArray();
            Enqueue(
                stream,
                () =>
                {
                    KernelProfile? profile = null;
                    if (CountInstructions && !_profiles.TryGetValue(kernel.Name, out profile))
                        _profiles[kernel.Name] = profile = kernel.NewProfile();
                    kernel.Run(grid, block, sharedBytes, bytes, Memory, profile);
                    _executed.Add(kernel.Name);
                },
                "cuLaunchKernel");
        }
    }

    /// <inheritdoc/>
    public void BeginCapture(nint stream)
    {
        lock (_lock)
        {
            Work(nameof(BeginCapture));
            Get<SimulatedStream>(stream, "cuStreamBeginCapture").BeginCapture();
        }
    }

    /// <inheritdoc/>
    public nint EndCapture(nint stream)
    {
        lock (_lock)
        {
            Work(nameof(EndCapture));
            return Add(new Graph(Get<SimulatedStream>(stream, "cuStreamEndCapture").EndCapture()));
        }
    }

    /// <inheritdoc/>
    public nint InstantiateGraph(nint graph)
    {
        lock (_lock)
        {
            Work(nameof(InstantiateGraph));
            return Add(new GraphExecutable(Get<Graph>(graph, "cuGraphInstantiate").Work));
        }
    }

    /// <inheritdoc/>
    public void LaunchGraph(nint executable, nint stream)
    {
        lock (_lock)
        {
            Work(nameof(LaunchGraph));
            GraphLaunches++;
            foreach (StreamWork work in Get<GraphExecutable>(executable, "cuGraphLaunch").Work)
                Get<SimulatedStream>(stream, "cuGraphLaunch").Enqueue(work);
        }
    }

    /// <inheritdoc/>
    public void DestroyExecutable(nint executable)
    {
        lock (_lock)
        {
            Work(nameof(DestroyExecutable));
            _ = Remove<GraphExecutable>(executable, "cuGraphExecDestroy");
        }
    }

    /// <inheritdoc/>
    public void DestroyGraph(nint graph)
    {
        lock (_lock)
        {
            Work(nameof(DestroyGraph));
            _ = Remove<Graph>(graph, "cuGraphDestroy");
        }
    }

    // The same text again, in another test, need not be read again.
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, PtxModule> s_modules = new();

    private IEnumerable<SimulatedStream> Streams => _handles.Values.OfType<SimulatedStream>();

    // Everything that works on the context needs it to be current on the thread.
    private void Work(string call)
    {
        Enter(call);
        if (_retained == 0 || s_current != _context)
            throw Error(call, 201, "no context is current on this thread");
    }

    private void CheckHost(nint address, long bytes, string call)
    {
        if (!_handles.Values.OfType<HostAllocation>().Any(host => host.Holds(address, bytes)))
            throw Error(call, InvalidValue, $"{bytes} bytes at {address:X} are not in page-locked memory");
    }

    private sealed record Graph(IReadOnlyList<StreamWork> Work);

    private sealed record GraphExecutable(IReadOnlyList<StreamWork> Work);
}
