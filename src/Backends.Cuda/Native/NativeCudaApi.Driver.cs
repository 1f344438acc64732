using System.Runtime.InteropServices;
using System.Text;
using static Numerics.Backends.Cuda.CuDriver;

namespace Numerics.Backends.Cuda;

/// <content>The driver.</content>
public sealed unsafe partial class NativeCudaApi
{
    /// <inheritdoc/>
    public int DeviceCount
    {
        get
        {
            int count;
            Check(cuDeviceGetCount(&count), nameof(cuDeviceGetCount));
            return count;
        }
    }

    /// <inheritdoc/>
    public CudaDeviceInfo GetDeviceInfo(int device)
    {
        // CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, _COMPUTE_CAPABILITY_MAJOR and _MINOR.
        const int Multiprocessors = 16, Major = 75, Minor = 76, NameLength = 256;
        int handle = Handle(device);
        byte* name = stackalloc byte[NameLength];
        Check(cuDeviceGetName(name, NameLength, handle), nameof(cuDeviceGetName));
        nuint bytes;
        Check(cuDeviceTotalMem_v2(&bytes, handle), nameof(cuDeviceTotalMem_v2));
        int Attribute(int attribute)
        {
            int value;
            Check(cuDeviceGetAttribute(&value, attribute, handle), nameof(cuDeviceGetAttribute));
            return value;
        }

        return new CudaDeviceInfo(
            Marshal.PtrToStringUTF8((nint)name)!, (10 * Attribute(Major)) + Attribute(Minor), Attribute(Multiprocessors), (long)bytes);
    }

    /// <inheritdoc/>
    public nint RetainPrimaryContext(int device)
    {
        nint context;
        Check(cuDevicePrimaryCtxRetain(&context, Handle(device)), nameof(cuDevicePrimaryCtxRetain));
        SetCurrentContext(context);
        return context;
    }

    /// <inheritdoc/>
    public void ReleasePrimaryContext(int device) => Check(cuDevicePrimaryCtxRelease_v2(Handle(device)), nameof(cuDevicePrimaryCtxRelease_v2));

    /// <inheritdoc/>
    public void SetCurrentContext(nint context) => Check(cuCtxSetCurrent(context), nameof(cuCtxSetCurrent));

    /// <inheritdoc/>
    public (long Free, long Total) GetMemoryInfo()
    {
        nuint free, total;
        Check(cuMemGetInfo_v2(&free, &total), nameof(cuMemGetInfo_v2));
        return ((long)free, (long)total);
    }

    /// <inheritdoc/>
    public ulong AllocateMemory(long byteLength)
    {
        ulong address;
        Check(cuMemAlloc_v2(&address, (nuint)byteLength), nameof(cuMemAlloc_v2));
        return address;
    }

    /// <inheritdoc/>
    public void FreeMemory(ulong address) => Check(cuMemFree_v2(address), nameof(cuMemFree_v2));

    /// <inheritdoc/>
    public nint AllocateHostMemory(long byteLength)
    {
        nint address;
        Check(cuMemHostAlloc(&address, (nuint)byteLength, 0), nameof(cuMemHostAlloc));
        return address;
    }

    /// <inheritdoc/>
    public void FreeHostMemory(nint address) => Check(cuMemFreeHost(address), nameof(cuMemFreeHost));

    /// <inheritdoc/>
    public void CopyToDevice(ulong target, nint source, long byteLength, nint stream) =>
        Check(cuMemcpyHtoDAsync_v2(target, source, (nuint)byteLength, stream), nameof(cuMemcpyHtoDAsync_v2));

    /// <inheritdoc/>
    public void CopyToHost(nint target, ulong source, long byteLength, nint stream) =>
        Check(cuMemcpyDtoHAsync_v2(target, source, (nuint)byteLength, stream), nameof(cuMemcpyDtoHAsync_v2));

    /// <inheritdoc/>
    public void CopyOnDevice(ulong target, ulong source, long byteLength, nint stream) =>
        Check(cuMemcpyDtoDAsync_v2(target, source, (nuint)byteLength, stream), nameof(cuMemcpyDtoDAsync_v2));

    /// <inheritdoc/>
    public void SetMemory(ulong target, uint value, long count, nint stream) =>
        Check(cuMemsetD32Async(target, value, (nuint)count, stream), nameof(cuMemsetD32Async));

    /// <inheritdoc/>
    public nint CreateStream()
    {
        const uint NonBlocking = 1;
        nint stream;
        Check(cuStreamCreate(&stream, NonBlocking), nameof(cuStreamCreate));
        return stream;
    }

    /// <inheritdoc/>
    public void DestroyStream(nint stream) => Check(cuStreamDestroy_v2(stream), nameof(cuStreamDestroy_v2));

    /// <inheritdoc/>
    public void SynchronizeStream(nint stream) => Check(cuStreamSynchronize(stream), nameof(cuStreamSynchronize));

    /// <inheritdoc/>
    public void WaitForEvent(nint stream, nint @event) => Check(cuStreamWaitEvent(stream, @event, 0), nameof(cuStreamWaitEvent));

    /// <inheritdoc/>
    public nint CreateEvent()
    {
        nint created;
        Check(cuEventCreate(&created, 0), nameof(cuEventCreate));
        return created;
    }

    /// <inheritdoc/>
    public void DestroyEvent(nint @event) => Check(cuEventDestroy_v2(@event), nameof(cuEventDestroy_v2));

    /// <inheritdoc/>
    public void RecordEvent(nint @event, nint stream) => Check(cuEventRecord(@event, stream), nameof(cuEventRecord));

    /// <inheritdoc/>
    public void SynchronizeEvent(nint @event) => Check(cuEventSynchronize(@event), nameof(cuEventSynchronize));

    /// <inheritdoc/>
    public float ElapsedMilliseconds(nint start, nint end)
    {
        float milliseconds;
        Check(cuEventElapsedTime(&milliseconds, start, end), nameof(cuEventElapsedTime));
        return milliseconds;
    }

    /// <inheritdoc/>
    public nint LoadModule(string ptx)
    {
        // CU_JIT_ERROR_LOG_BUFFER and CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES.
        const int ErrorLog = 5, ErrorLogBytes = 6, LogLength = 8192;
        byte[] image = Encoding.UTF8.GetBytes(ptx + '\0');
        byte[] log = new byte[LogLength];
        nint module;
        fixed (byte* text = image, errors = log)
        {
            int* options = stackalloc int[] { ErrorLog, ErrorLogBytes };
            nint* values = stackalloc nint[] { (nint)errors, LogLength };
            int status = cuModuleLoadDataEx(&module, text, 2, options, values);
            if (status != 0)
                throw new CudaException(CudaLibrary.Driver, nameof(cuModuleLoadDataEx), status, $"{DriverReason(status)} {Marshal.PtrToStringUTF8((nint)errors)}");
        }

        return module;
    }

    /// <inheritdoc/>
    public void UnloadModule(nint module) => Check(cuModuleUnload(module), nameof(cuModuleUnload));

    /// <inheritdoc/>
    public nint GetFunction(nint module, string name)
    {
        nint function;
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
            Check(cuModuleGetFunction(&function, module, text), $"{nameof(cuModuleGetFunction)}({name})");
        return function;
    }

    /// <inheritdoc/>
    public void Launch(nint function, CudaDim grid, CudaDim block, int sharedBytes, nint stream, ReadOnlySpan<byte> arguments)
    {
        // CU_LAUNCH_PARAM_BUFFER_POINTER, _BUFFER_SIZE and _END.
        const int BufferPointer = 1, BufferSize = 2, End = 0;
        nuint length = (nuint)arguments.Length;
        fixed (byte* bytes = arguments)
        {
            nint* extra = stackalloc nint[] { BufferPointer, (nint)bytes, BufferSize, (nint)(&length), End };
            int status = cuLaunchKernel(
                function, (uint)grid.X, (uint)grid.Y, (uint)grid.Z, (uint)block.X, (uint)block.Y, (uint)block.Z, (uint)sharedBytes, stream, null, extra);
            Check(status, nameof(cuLaunchKernel));
        }
    }

    /// <inheritdoc/>
    public void BeginCapture(nint stream)
    {
        const int Relaxed = 2;
        Check(cuStreamBeginCapture_v2(stream, Relaxed), nameof(cuStreamBeginCapture_v2));
    }

    /// <inheritdoc/>
    public nint EndCapture(nint stream)
    {
        nint graph;
        Check(cuStreamEndCapture(stream, &graph), nameof(cuStreamEndCapture));
        return graph;
    }

    /// <inheritdoc/>
    public nint InstantiateGraph(nint graph)
    {
        nint executable;
        Check(cuGraphInstantiateWithFlags(&executable, graph, 0), nameof(cuGraphInstantiateWithFlags));
        return executable;
    }

    /// <inheritdoc/>
    public void LaunchGraph(nint executable, nint stream) => Check(cuGraphLaunch(executable, stream), nameof(cuGraphLaunch));

    /// <inheritdoc/>
    public void DestroyExecutable(nint executable) => Check(cuGraphExecDestroy(executable), nameof(cuGraphExecDestroy));

    /// <inheritdoc/>
    public void DestroyGraph(nint graph) => Check(cuGraphDestroy(graph), nameof(cuGraphDestroy));

    private static int Handle(int device)
    {
        int handle;
        Check(cuDeviceGet(&handle, device), nameof(cuDeviceGet));
        return handle;
    }
}
