using System.Globalization;
using System.Numerics;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <summary>
/// The CUDA backend: cuBLAS for matrix products, cuDNN for convolutions, own kernels for everything else, all in order on one
/// stream of one device. Ops return at once; reading a tensor waits for what computes it.
/// </summary>
public sealed unsafe partial class CudaBackend : Backend
{
    private const int ThreadsOfBlock = 256;
    private const int RowsOfBlock = 8;
    private const int Lanes = 32;

    [ThreadStatic]
    private static nint s_context;

    private readonly ICudaApi _api;
    private readonly bool _ownsApi;
    private readonly int _device;
    private readonly CudaDeviceInfo _info;
    private readonly CudaOptions _options;
    private readonly nint _context;
    private readonly nint _stream;
    private readonly DevicePool _pool;
    private readonly StagingMemory _staging;
    private readonly KernelLibrary _kernels;
    private readonly Lock _libraries = new();
    private nint _blas;
    private nint _blasLt;
    private nint _dnn;
    private bool _disposed;

    /// <summary>A backend on a device, over NVIDIA's own libraries.</summary>
    /// <param name="device">The device's number, from 0.</param>
    /// <param name="options">How to compute; Float32 and deterministic when null.</param>
    /// <exception cref="BackendUnavailableException">There is no driver, or no such device; the message says what was tried.</exception>
    public CudaBackend(int device = 0, CudaOptions? options = null)
        : this(new NativeCudaApi(), device, options, ownsApi: true)
    {
    }

    /// <summary>A backend on a device.</summary>
    /// <param name="api">The libraries.</param>
    /// <param name="device">The device's number, from 0.</param>
    /// <param name="options">How to compute; Float32 and deterministic when null.</param>
    /// <param name="ownsApi">Whether the backend disposes the libraries.</param>
    /// <exception cref="BackendUnavailableException">There is no such device, or it is older than Turing.</exception>
    public CudaBackend(ICudaApi api, int device = 0, CudaOptions? options = null, bool ownsApi = false)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentOutOfRangeException.ThrowIfNegative(device);
        (_api, _device, _options, _ownsApi) = (api, device, options ?? new CudaOptions(), ownsApi);
        int devices = api.DeviceCount;
        if (device >= devices)
            throw new BackendUnavailableException($"cuda:{device}: the driver finds {devices} device{(devices == 1 ? "" : "s")}");
        _info = api.GetDeviceInfo(device);
        if (_info.ComputeCapability < 75)
        {
            throw new BackendUnavailableException(string.Create(
                CultureInfo.InvariantCulture,
                $"cuda:{device}: {_info.Name} has compute capability {_info.ComputeCapability / 10}.{_info.ComputeCapability % 10}, at least 7.5 (Turing) is needed"));
        }

        _context = api.RetainPrimaryContext(device);
        s_context = _context;
        _stream = api.CreateStream();
        _pool = new DevicePool(this);
        _staging = new StagingMemory(api, _stream);
        _kernels = new KernelLibrary(api);
    }

    /// <inheritdoc/>
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"cuda:{_device}");

    /// <inheritdoc/>
    public override string Description => string.Create(
        CultureInfo.InvariantCulture,
        $"{_info.Name}, {_info.Multiprocessors} multiprocessors, {_info.MemoryBytes >> 20} MiB, {_options.Precision}; {_api.Description}");

    /// <inheritdoc/>
    public override bool IsAsynchronous => true;

    /// <summary>Device memory held from the driver, in bytes, whether a tensor uses it or it waits for the next one.</summary>
    public long ReservedBytes => _pool.ReservedBytes;

    /// <summary>Device memory that live tensors use, in bytes, rounded up to the pool's block sizes.</summary>
    public long UsedBytes => _pool.UsedBytes;

    /// <summary>
    /// How many elements have been copied into single precision so far because an op that does not know bfloat16 asked for a tensor that is
    /// stored so. Where it grows in every step of a training, what stands between the layers moves more memory than it has to.
    /// </summary>
    public long WidenedElements => _pool.WidenedElements;

    /// <summary>How it computes.</summary>
    public CudaOptions Options => _options;

    internal ICudaApi Api => _api;

    internal nint Stream => _stream;

    internal bool IsDisposed => _disposed;

    /// <inheritdoc/>
    public override TensorBuffer Allocate(long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        return new DeviceBuffer(_pool, byteLength);
    }

    /// <inheritdoc/>
    public override TensorBuffer AllocateLike(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new DeviceBuffer(_pool, (long)tensor.Count * tensor.DType.Size(), IsRounded(tensor));
    }

    /// <inheritdoc/>
    public override void Upload(ReadOnlySpan<byte> source, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(target);
        ThrowIfCapturing("brings data to the device");
        Activate();
        _staging.Upload(source, OutputAddress(target));
        GC.KeepAlive(target);
    }

    /// <inheritdoc/>
    public override void Download(Tensor source, long offset, Span<byte> target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ThrowIfCapturing("reads data from the device");
        Activate();
        _staging.Download(Address(source) + (ulong)offset, target);
        GC.KeepAlive(source);
    }

    /// <inheritdoc/>
    public override void Copy(Tensor source, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        long bytes = (long)source.Count * source.DType.Size();
        if (bytes == 0)
            return;
        Activate();
        if (NarrowAddress(source) is var narrow and not 0)
            Widen(narrow, OutputAddress(target), source.Count);
        else
            _api.CopyOnDevice(OutputAddress(target), Address(source), bytes, _stream);
        GC.KeepAlive(source);
        GC.KeepAlive(target);
    }

    /// <summary>Waits until everything asked of the backend is done.</summary>
    public void Synchronize()
    {
        ThrowIfCapturing("waits for the device");
        Activate();
        _api.SynchronizeStream(_stream);
    }

    /// <summary>Makes the device's context current on this thread.</summary>
    internal void Activate()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (s_context == _context)
            return;
        _api.SetCurrentContext(_context);
        s_context = _context;
    }

    /// <summary>Copies numbers in bfloat16 to where there is room for them in single precision.</summary>
    internal void Widen(ulong narrow, ulong wide, int count) => Each(KernelFamily.Cast, "cast_bfloat16_float32", count, narrow, wide, count);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        Synchronize();
        if (_dnn != 0)
            _api.DestroyDnn(_dnn);
        if (_blasLt != 0)
            _api.DestroyBlasLt(_blasLt);
        if (_blas != 0)
            _api.DestroyBlas(_blas);
        _kernels.Dispose();
        _staging.Dispose();
        _pool.Dispose();
        _api.DestroyStream(_stream);
        _disposed = true;
        s_context = 0;
        _api.ReleasePrimaryContext(_device);
        if (_ownsApi)
            _api.Dispose();
    }

    /// <summary>The first element, to read; the caller keeps the tensor alive until the work that uses it is enqueued.</summary>
    private static ulong Address(Tensor tensor) => ((DeviceBuffer)tensor.Buffer).Address + (ulong)tensor.ByteOffset;

    /// <summary>The first element, to write in its own type.</summary>
    private static ulong OutputAddress(Tensor tensor) => ((DeviceBuffer)tensor.Buffer).Overwrite() + (ulong)tensor.ByteOffset;

    private static KernelArgument Output(Tensor tensor) => KernelArgument.Output(tensor);

    /// <summary>The first element in bfloat16, to read, or 0 if the elements are not rounded to it.</summary>
    private static ulong NarrowAddress(Tensor tensor) =>
        ((DeviceBuffer)tensor.Buffer).NarrowAddress is var address and not 0 ? address + ((ulong)tensor.ByteOffset / 2) : 0;

    /// <summary>Whether the elements start at a multiple of 16 bytes, as blocks of memory do; four of them in bfloat16, of 8.</summary>
    private static bool IsAligned(Tensor tensor) => tensor.ByteOffset % 16 == 0;

    /// <summary>Launches an element-wise kernel: a grid-stride loop over some items.</summary>
    private void Each(KernelFamily family, string name, int items, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (items == 0)
            return;
        int blocks = Math.Min(Ceiling(items, ThreadsOfBlock), _info.Multiprocessors * 16);
        Launch(family, name, blocks, ThreadsOfBlock, arguments);
    }

    /// <summary>Launches a kernel that has a warp for each of some rows, or fewer lanes, down to one, where each would have less than four elements.</summary>
    private void EachRow(KernelFamily family, string name, int rows, int length, params ReadOnlySpan<KernelArgument> arguments)
    {
        const int ElementsOfLane = 4;
        if (rows == 0)
            return;
        int lanes = Math.Min(Lanes, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, length / ElementsOfLane)));
        var block = new CudaDim(lanes, ThreadsOfBlock / lanes);
        Launch(family, name, Ceiling(rows, block.Y), block, arguments);
    }

    /// <summary>
    /// Launches a kernel of rows in its form for their length. Up to a warp of lanes have a row of up to 1024 elements, which they hold in
    /// registers: up to 16 a lane, so that a short row has few lanes and several share a warp, but two at least, which read whole sectors of
    /// memory; up to 32 a lane where a warp would not do. Longer rows have a block each and are read again in each pass. A row of less than
    /// 16 elements that does not fill its lanes has one, which holds all of it; of rows of two elements, a lane has two.
    /// </summary>
    private void EachHeldRow(KernelFamily family, string name, int rows, int length, params ReadOnlySpan<KernelArgument> arguments)
    {
        const int ElementsOfTurn = 4, ElementsOfLane = 16, MostElementsOfLane = 32;
        if (rows == 0)
            return;
        if (length == 2)
        {
            Launch(family, name + "_two", Ceiling(rows, 2 * ThreadsOfBlock), ThreadsOfBlock, arguments);
            return;
        }

        if (length > Lanes * MostElementsOfLane)
        {
            Launch(family, name + "_long", rows, ThreadsOfBlock, arguments);
            return;
        }

        bool isWide = length > Lanes * ElementsOfLane;
        int lanes = isWide ? Lanes : Math.Max(LanesFor(ElementsOfLane), Math.Min(LanesFor(ElementsOfTurn), 2));
        bool isShort = length < ElementsOfLane && length != lanes * ElementsOfTurn;
        var block = isShort ? new CudaDim(1, ThreadsOfBlock) : new CudaDim(lanes, ThreadsOfBlock / lanes);
        string form = isWide ? "_wide" : !isShort ? "" : length switch { 3 => "_three", 10 => "_ten", _ => "_short" };
        Launch(family, name + form, Ceiling(rows, block.Y), block, arguments);

        int LanesFor(int elements) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, Ceiling(length, elements)));
    }

    private void Launch(KernelFamily family, string name, CudaDim grid, CudaDim block, params ReadOnlySpan<KernelArgument> arguments)
    {
        Activate();
        Span<byte> bytes = stackalloc byte[KernelArgument.MaxBytes];
        int length = 0;
        foreach (KernelArgument argument in arguments)
            length = argument.Write(bytes, length);
        _api.Launch(_kernels[family, name], grid, block, 0, _stream, bytes[..length]);
    }

    private static int Ceiling(int a, int b) => (int)(((long)a + b - 1) / b);
}
