namespace Numerics.Backends.Cuda;

/// <content>The driver: devices, memory, streams, events, modules, graphs.</content>
public partial interface ICudaApi
{
    /// <summary>The CUDA version that the driver supports, 1000·major + 10·minor (cuDriverGetVersion).</summary>
    int DriverVersion { get; }

    /// <summary>The number of devices (cuDeviceGetCount).</summary>
    int DeviceCount { get; }

    /// <summary>Facts about a device.</summary>
    /// <param name="device">0 to <see cref="DeviceCount"/> - 1.</param>
    CudaDeviceInfo GetDeviceInfo(int device);

    /// <summary>Retains the device's primary context and makes it current on the calling thread (cuDevicePrimaryCtxRetain).</summary>
    /// <returns>The context.</returns>
    nint RetainPrimaryContext(int device);

    /// <summary>Gives the primary context back (cuDevicePrimaryCtxRelease).</summary>
    void ReleasePrimaryContext(int device);

    /// <summary>Makes a context current on the calling thread (cuCtxSetCurrent).</summary>
    void SetCurrentContext(nint context);

    /// <summary>Free and total memory of the current context's device in bytes (cuMemGetInfo).</summary>
    (long Free, long Total) GetMemoryInfo();

    /// <summary>Reserves device memory at a multiple of 256 bytes (cuMemAlloc).</summary>
    /// <param name="byteLength">At least 1.</param>
    ulong AllocateMemory(long byteLength);

    /// <summary>Frees device memory; work that uses it must have ended (cuMemFree).</summary>
    void FreeMemory(ulong address);

    /// <summary>Reserves page-locked host memory (cuMemHostAlloc).</summary>
    /// <param name="byteLength">At least 1.</param>
    nint AllocateHostMemory(long byteLength);

    /// <summary>Frees page-locked host memory (cuMemFreeHost).</summary>
    void FreeHostMemory(nint address);

    /// <summary>Copies from page-locked host memory (cuMemcpyHtoDAsync).</summary>
    void CopyToDevice(ulong target, nint source, long byteLength, nint stream);

    /// <summary>Copies to page-locked host memory (cuMemcpyDtoHAsync).</summary>
    void CopyToHost(nint target, ulong source, long byteLength, nint stream);

    /// <summary>Copies within the device (cuMemcpyDtoDAsync).</summary>
    void CopyOnDevice(ulong target, ulong source, long byteLength, nint stream);

    /// <summary>Sets 32-bit words (cuMemsetD32Async).</summary>
    void SetMemory(ulong target, uint value, long count, nint stream);

    /// <summary>A stream that does not wait for the legacy default stream (cuStreamCreate, non-blocking).</summary>
    nint CreateStream();

    /// <summary>Destroys a stream after its work (cuStreamDestroy).</summary>
    void DestroyStream(nint stream);

    /// <summary>Waits until the stream's work is done (cuStreamSynchronize).</summary>
    void SynchronizeStream(nint stream);

    /// <summary>Makes the stream's later work wait for an event (cuStreamWaitEvent).</summary>
    void WaitForEvent(nint stream, nint @event);

    /// <summary>An event that records times (cuEventCreate).</summary>
    nint CreateEvent();

    /// <summary>Destroys an event (cuEventDestroy).</summary>
    void DestroyEvent(nint @event);

    /// <summary>Records an event behind the stream's work so far (cuEventRecord).</summary>
    void RecordEvent(nint @event, nint stream);

    /// <summary>Waits until a recorded event has happened (cuEventSynchronize).</summary>
    void SynchronizeEvent(nint @event);

    /// <summary>Milliseconds between two events that have happened (cuEventElapsedTime).</summary>
    float ElapsedMilliseconds(nint start, nint end);

    /// <summary>Compiles PTX for the current device (cuModuleLoadDataEx); the error carries the compiler's log.</summary>
    /// <param name="ptx">The text.</param>
    nint LoadModule(string ptx);

    /// <summary>Unloads a module (cuModuleUnload).</summary>
    void UnloadModule(nint module);

    /// <summary>A kernel of a module by its name (cuModuleGetFunction).</summary>
    nint GetFunction(nint module, string name);

    /// <summary>Launches a kernel (cuLaunchKernel with CU_LAUNCH_PARAM_BUFFER_POINTER).</summary>
    /// <param name="function">The kernel.</param>
    /// <param name="grid">Blocks along x, y, z.</param>
    /// <param name="block">Threads of a block along x, y, z.</param>
    /// <param name="sharedBytes">Dynamic shared memory of a block.</param>
    /// <param name="stream">Where.</param>
    /// <param name="arguments">The parameters, each at a multiple of its own size, as the kernel declares them.</param>
    void Launch(nint function, CudaDim grid, CudaDim block, int sharedBytes, nint stream, ReadOnlySpan<byte> arguments);

    /// <summary>
    /// Starts to note the stream's work instead of doing it (cuStreamBeginCapture, relaxed: memory can be allocated meanwhile).
    /// </summary>
    void BeginCapture(nint stream);

    /// <summary>Ends the capture (cuStreamEndCapture).</summary>
    /// <returns>The graph of what was enqueued.</returns>
    nint EndCapture(nint stream);

    /// <summary>Makes a graph ready to launch (cuGraphInstantiate).</summary>
    nint InstantiateGraph(nint graph);

    /// <summary>Launches an instantiated graph (cuGraphLaunch).</summary>
    void LaunchGraph(nint executable, nint stream);

    /// <summary>Destroys an instantiated graph (cuGraphExecDestroy).</summary>
    void DestroyExecutable(nint executable);

    /// <summary>Destroys a graph (cuGraphDestroy).</summary>
    void DestroyGraph(nint graph);
}
