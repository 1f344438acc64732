using Numerics.Backends.Cuda;
using Numerics.CudaSimulator.Memory;
using Numerics.CudaSimulator.Ptx;
using Numerics.CudaSimulator.Streams;
using Numerics.Tensors;

namespace Numerics.CudaSimulator;

/// <summary>
/// NVIDIA's libraries on host memory, as strict as they are or stricter: every handle, address, descriptor and order of calls is
/// checked, kernels are interpreted from the PTX that is shipped, and what is left undone at the end is reported.
/// </summary>
public sealed partial class SimulatedCudaApi : ICudaApi
{
    private const int InvalidValue = 1;
    private const int InvalidHandle = 400;

    private readonly Lock _lock = new();
    private readonly Dictionary<nint, object> _handles = [];
    private readonly Dictionary<string, Queue<Exception>> _faults = [];
    private readonly HashSet<string> _executed = [];
    private readonly Dictionary<string, KernelProfile> _profiles = [];
    private readonly Random _random = new();
    private nint _nextHandle = 0x1000;
    private bool _disposed;

    /// <inheritdoc/>
    public string Description => "simulated libraries";

    /// <summary>The device memory.</summary>
    public DeviceMemory Memory { get; } = new();

    /// <summary>How much memory the device has, in bytes.</summary>
    public long MemoryLimit { get; init; } = 8L << 30;

    /// <summary>The device's compute capability.</summary>
    public int ComputeCapability { get; init; } = 75;

    /// <summary>How often a graph was launched.</summary>
    public int GraphLaunches { get; private set; }

    /// <summary>The names of the kernels that have run.</summary>
    public IReadOnlySet<string> ExecutedKernels
    {
        get
        {
            lock (_lock)
                return new HashSet<string>(_executed);
        }
    }

    /// <summary>Whether the instructions of kernels are counted, which takes time.</summary>
    public bool CountInstructions { get; init; }

    /// <summary>What is still held: handles, streams, modules, memory.</summary>
    public IReadOnlyList<string> Leaks
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _handles.Values.Select(held => held.GetType().Name),
                    .. Memory.Live.Select(allocation => $"{allocation.Length} bytes of device memory"),
                ];
            }
        }
    }

    /// <summary>What was executed of each kernel since the last call, if instructions are counted.</summary>
    public IReadOnlyDictionary<string, KernelProfile> TakeProfiles()
    {
        lock (_lock)
        {
            var taken = new Dictionary<string, KernelProfile>(_profiles);
            _profiles.Clear();
            return taken;
        }
    }

    /// <summary>Makes the next call of a function fail.</summary>
    /// <param name="call">The member's name, such as <c>Launch</c>.</param>
    /// <param name="error">What it throws.</param>
    public void FailNext(string call, Exception error)
    {
        lock (_lock)
        {
            if (!_faults.TryGetValue(call, out Queue<Exception>? queue))
                _faults[call] = queue = new Queue<Exception>();
            queue.Enqueue(error);
        }
    }

    /// <summary>Makes the next call of a function fail with a status of the driver.</summary>
    public void FailNext(string call, int status) =>
        FailNext(call, new CudaException(CudaLibrary.Driver, call, status, "injected"));

    /// <summary>Puts work of another library on a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="work">The work, done when somebody waits for it.</param>
    /// <param name="call">The library's function, for messages.</param>
    public void EnqueueWork(nint stream, Action work, string call)
    {
        lock (_lock)
        {
            Work(call);
            Enqueue(stream, work, call);
        }
    }

    /// <summary>Gives the host's memory back. What the program still holds is in <see cref="Leaks"/> before.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Memory.CheckGuards();
        foreach (HostAllocation host in _handles.Values.OfType<HostAllocation>())
            host.Free();
        Memory.Dispose();
    }

    private void Enter(string call)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_faults.TryGetValue(call, out Queue<Exception>? queue) && queue.TryDequeue(out Exception? fault))
            throw fault;
    }

    private nint Add(object held)
    {
        nint handle = _nextHandle += 0x10;
        _handles[handle] = held;
        return handle;
    }

    private T Get<T>(nint handle, string call)
        where T : class =>
        _handles.TryGetValue(handle, out object? held) && held is T value ? value : throw Error(call, InvalidHandle, $"{handle:X} is no live {typeof(T).Name}");

    private T Remove<T>(nint handle, string call)
        where T : class
    {
        T value = Get<T>(handle, call);
        _handles.Remove(handle);
        return value;
    }

    private void Enqueue(nint stream, Action work, string call) => Get<SimulatedStream>(stream, call).Enqueue(new StreamWork(work));

    private static CudaException Error(string call, int status, string reason) => new(CudaLibrary.Driver, call, status, reason);
}
