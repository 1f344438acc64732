using System.Text;
using ManagedCuda;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace Numerics.Backends.Cuda;

/// <content>The driver.</content>
public sealed unsafe partial class ManagedCudaApi
{
    /// <inheritdoc/>
    public int DeviceCount
    {
        get
        {
            int count = 0;
            Check(DeviceManagement.cuDeviceGetCount(ref count), nameof(DeviceManagement.cuDeviceGetCount));
            return count;
        }
    }

    /// <inheritdoc/>
    public CudaDeviceInfo GetDeviceInfo(int device)
    {
        CUdevice handle = Device(device);
        byte[] name = new byte[256];
        Check(DeviceManagement.cuDeviceGetName(name, name.Length, handle), nameof(DeviceManagement.cuDeviceGetName));
        SizeT bytes = 0;
        Check(DeviceManagement.cuDeviceTotalMem_v2(ref bytes, handle), nameof(DeviceManagement.cuDeviceTotalMem_v2));
        int Attribute(CUDeviceAttribute attribute)
        {
            int value = 0;
            Check(DeviceManagement.cuDeviceGetAttribute(ref value, attribute, handle), nameof(DeviceManagement.cuDeviceGetAttribute));
            return value;
        }

        return new CudaDeviceInfo(
            Encoding.UTF8.GetString(name).TrimEnd('\0'),
            (10 * Attribute(CUDeviceAttribute.ComputeCapabilityMajor)) + Attribute(CUDeviceAttribute.ComputeCapabilityMinor),
            Attribute(CUDeviceAttribute.MultiProcessorCount),
            (long)(ulong)bytes);
    }

    /// <inheritdoc/>
    public nint RetainPrimaryContext(int device)
    {
        var context = default(CUcontext);
        Check(ContextManagement.cuDevicePrimaryCtxRetain(ref context, Device(device)), nameof(ContextManagement.cuDevicePrimaryCtxRetain));
        SetCurrentContext(context.Pointer);
        return context.Pointer;
    }

    /// <inheritdoc/>
    public void ReleasePrimaryContext(int device) =>
        Check(ContextManagement.cuDevicePrimaryCtxRelease(Device(device)), nameof(ContextManagement.cuDevicePrimaryCtxRelease));

    /// <inheritdoc/>
    public void SetCurrentContext(nint context) =>
        Check(ContextManagement.cuCtxSetCurrent(new CUcontext { Pointer = context }), nameof(ContextManagement.cuCtxSetCurrent));

    /// <inheritdoc/>
    public (long Free, long Total) GetMemoryInfo()
    {
        SizeT free = 0, total = 0;
        Check(MemoryManagement.cuMemGetInfo_v2(ref free, ref total), nameof(MemoryManagement.cuMemGetInfo_v2));
        return ((long)(ulong)free, (long)(ulong)total);
    }

    /// <inheritdoc/>
    public ulong AllocateMemory(long byteLength)
    {
        var address = default(CUdeviceptr);
        Check(MemoryManagement.cuMemAlloc_v2(ref address, (SizeT)byteLength), nameof(MemoryManagement.cuMemAlloc_v2));
        return address.Pointer;
    }

    /// <inheritdoc/>
    public void FreeMemory(ulong address) => Check(MemoryManagement.cuMemFree_v2(Pointer(address)), nameof(MemoryManagement.cuMemFree_v2));

    /// <inheritdoc/>
    public nint AllocateHostMemory(long byteLength)
    {
        nint address = 0;
        Check(MemoryManagement.cuMemHostAlloc(ref address, (SizeT)byteLength, CUMemHostAllocFlags.None), nameof(MemoryManagement.cuMemHostAlloc));
        return address;
    }

    /// <inheritdoc/>
    public void FreeHostMemory(nint address) => Check(MemoryManagement.cuMemFreeHost(address), nameof(MemoryManagement.cuMemFreeHost));

    /// <inheritdoc/>
    public void CopyToDevice(ulong target, nint source, long byteLength, nint stream) => Check(
        AsynchronousMemcpy_v2.cuMemcpyHtoDAsync_v2(Pointer(target), source, (SizeT)byteLength, Stream(stream)), nameof(AsynchronousMemcpy_v2.cuMemcpyHtoDAsync_v2));

    /// <inheritdoc/>
    public void CopyToHost(nint target, ulong source, long byteLength, nint stream) => Check(
        AsynchronousMemcpy_v2.cuMemcpyDtoHAsync_v2(target, Pointer(source), (SizeT)byteLength, Stream(stream)), nameof(AsynchronousMemcpy_v2.cuMemcpyDtoHAsync_v2));

    /// <inheritdoc/>
    public void CopyOnDevice(ulong target, ulong source, long byteLength, nint stream) => Check(
        AsynchronousMemcpy_v2.cuMemcpyDtoDAsync_v2(Pointer(target), Pointer(source), (SizeT)byteLength, Stream(stream)),
        nameof(AsynchronousMemcpy_v2.cuMemcpyDtoDAsync_v2));

    /// <inheritdoc/>
    public void SetMemory(ulong target, uint value, long count, nint stream) =>
        Check(MemsetAsync.cuMemsetD32Async(Pointer(target), value, (SizeT)count, Stream(stream)), nameof(MemsetAsync.cuMemsetD32Async));

    /// <inheritdoc/>
    public nint CreateStream()
    {
        var stream = default(CUstream);
        Check(Streams.cuStreamCreate(ref stream, CUStreamFlags.NonBlocking), nameof(Streams.cuStreamCreate));
        return stream.Pointer;
    }

    /// <inheritdoc/>
    public void DestroyStream(nint stream) => Check(Streams.cuStreamDestroy_v2(Stream(stream)), nameof(Streams.cuStreamDestroy_v2));

    /// <inheritdoc/>
    public void SynchronizeStream(nint stream) => Check(Streams.cuStreamSynchronize(Stream(stream)), nameof(Streams.cuStreamSynchronize));

    /// <inheritdoc/>
    public void WaitForEvent(nint stream, nint @event) =>
        Check(Streams.cuStreamWaitEvent(Stream(stream), Event(@event), 0), nameof(Streams.cuStreamWaitEvent));

    /// <inheritdoc/>
    public nint CreateEvent()
    {
        var created = default(CUevent);
        Check(Events.cuEventCreate(ref created, CUEventFlags.Default), nameof(Events.cuEventCreate));
        return created.Pointer;
    }

    /// <inheritdoc/>
    public void DestroyEvent(nint @event) => Check(Events.cuEventDestroy_v2(Event(@event)), nameof(Events.cuEventDestroy_v2));

    /// <inheritdoc/>
    public void RecordEvent(nint @event, nint stream) => Check(Events.cuEventRecord(Event(@event), Stream(stream)), nameof(Events.cuEventRecord));

    /// <inheritdoc/>
    public void SynchronizeEvent(nint @event) => Check(Events.cuEventSynchronize(Event(@event)), nameof(Events.cuEventSynchronize));

    /// <inheritdoc/>
    public float ElapsedMilliseconds(nint start, nint end)
    {
        float milliseconds = 0;
        Check(Events.cuEventElapsedTime(ref milliseconds, Event(start), Event(end)), nameof(Events.cuEventElapsedTime));
        return milliseconds;
    }

    /// <inheritdoc/>
    public nint LoadModule(string ptx)
    {
        const int LogLength = 8192;
        byte[] log = new byte[LogLength];
        var module = default(CUmodule);
        fixed (byte* errors = log)
        {
            CUResult status = ModuleManagement.cuModuleLoadDataEx(
                ref module,
                Encoding.UTF8.GetBytes(ptx + '\0'),
                2,
                [CUJITOption.ErrorLogBuffer, CUJITOption.ErrorLogBufferSizeBytes],
                [(nint)errors, LogLength]);
            if (status != CUResult.Success)
            {
                throw new CudaException(
                    CudaLibrary.Driver, nameof(ModuleManagement.cuModuleLoadDataEx), (int)status, $"{status} {Encoding.UTF8.GetString(log).TrimEnd('\0')}");
            }
        }

        return module.Pointer;
    }

    /// <inheritdoc/>
    public void UnloadModule(nint module) =>
        Check(ModuleManagement.cuModuleUnload(new CUmodule { Pointer = module }), nameof(ModuleManagement.cuModuleUnload));

    /// <inheritdoc/>
    public nint GetFunction(nint module, string name)
    {
        var function = default(CUfunction);
        Check(ModuleManagement.cuModuleGetFunction(ref function, new CUmodule { Pointer = module }, name), nameof(ModuleManagement.cuModuleGetFunction));
        return function.Pointer;
    }

    /// <inheritdoc/>
    public void Launch(nint function, CudaDim grid, CudaDim block, int sharedBytes, nint stream, ReadOnlySpan<byte> arguments)
    {
        // CU_LAUNCH_PARAM_BUFFER_POINTER, _BUFFER_SIZE and _END.
        const int BufferPointer = 1, BufferSize = 2, End = 0;
        nuint length = (nuint)arguments.Length;
        fixed (byte* bytes = arguments)
        {
            nint[] extra = [BufferPointer, (nint)bytes, BufferSize, (nint)(&length), End];
            CUResult status = DriverAPINativeMethods.Launch.cuLaunchKernel(
                new CUfunction { Pointer = function },
                (uint)grid.X,
                (uint)grid.Y,
                (uint)grid.Z,
                (uint)block.X,
                (uint)block.Y,
                (uint)block.Z,
                (uint)sharedBytes,
                Stream(stream),
                null,
                extra);
            Check(status, nameof(DriverAPINativeMethods.Launch.cuLaunchKernel));
        }
    }

    /// <inheritdoc/>
    public void BeginCapture(nint stream) =>
        Check(Streams.cuStreamBeginCapture(Stream(stream), CUstreamCaptureMode.Relaxed), nameof(Streams.cuStreamBeginCapture));

    /// <inheritdoc/>
    public nint EndCapture(nint stream)
    {
        var graph = default(CUgraph);
        Check(Streams.cuStreamEndCapture(Stream(stream), ref graph), nameof(Streams.cuStreamEndCapture));
        return graph.Pointer;
    }

    /// <inheritdoc/>
    public nint InstantiateGraph(nint graph)
    {
        var executable = default(CUgraphExec);
        CUResult status = GraphManagment.cuGraphInstantiate(ref executable, new CUgraph { Pointer = graph }, CUgraphInstantiate_flags.None);
        Check(status, nameof(GraphManagment.cuGraphInstantiate));
        return executable.Pointer;
    }

    /// <inheritdoc/>
    public void LaunchGraph(nint executable, nint stream) =>
        Check(GraphManagment.cuGraphLaunch(new CUgraphExec { Pointer = executable }, Stream(stream)), nameof(GraphManagment.cuGraphLaunch));

    /// <inheritdoc/>
    public void DestroyExecutable(nint executable) =>
        Check(GraphManagment.cuGraphExecDestroy(new CUgraphExec { Pointer = executable }), nameof(GraphManagment.cuGraphExecDestroy));

    /// <inheritdoc/>
    public void DestroyGraph(nint graph) =>
        Check(GraphManagment.cuGraphDestroy(new CUgraph { Pointer = graph }), nameof(GraphManagment.cuGraphDestroy));

    private static CUdevice Device(int device)
    {
        var handle = default(CUdevice);
        Check(DeviceManagement.cuDeviceGet(ref handle, device), nameof(DeviceManagement.cuDeviceGet));
        return handle;
    }
}
