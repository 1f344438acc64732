using System.Runtime.InteropServices;
using System.Text;
using Numerics.Backends.Cuda;
using static Numerics.CudaSimulator.Native.Simulator;

namespace Numerics.CudaSimulator.Native;

/// <summary>The functions of cuda.h.</summary>
public static unsafe class Driver
{
    private static readonly nint s_name = Marshal.StringToCoTaskMemUTF8("CUDA_ERROR_SIMULATED");
    private static readonly nint s_text = Marshal.StringToCoTaskMemUTF8("the simulator refused");

    [UnmanagedCallersOnly(EntryPoint = "cuInit")]
    public static int cuInit(uint flags) => flags == 0 ? 0 : 1;

    [UnmanagedCallersOnly(EntryPoint = "cuDriverGetVersion")]
    public static int cuDriverGetVersion(int* version)
    {
        *version = Api.DriverVersion;
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "cuGetErrorName")]
    public static int cuGetErrorName(int error, nint* name)
    {
        *name = s_name;
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "cuGetErrorString")]
    public static int cuGetErrorString(int error, nint* text)
    {
        *text = s_text;
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetCount")]
    public static int cuDeviceGetCount(int* count)
    {
        *count = Api.DeviceCount;
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGet")]
    public static int cuDeviceGet(int* device, int ordinal)
    {
        // A device's handle is not its number.
        *device = 70 + ordinal;
        return ordinal < Api.DeviceCount ? 0 : 101;
    }

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetName")]
    public static int cuDeviceGetName(byte* name, int length, int device)
    {
        byte[] text = Encoding.UTF8.GetBytes(Api.GetDeviceInfo(device - 70).Name + '\0');
        text.CopyTo(new Span<byte>(name, length));
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetAttribute")]
    public static int cuDeviceGetAttribute(int* value, int attribute, int device)
    {
        CudaDeviceInfo info = Api.GetDeviceInfo(device - 70);
        *value = attribute switch
        {
            16 => info.Multiprocessors,
            75 => info.ComputeCapability / 10,
            76 => info.ComputeCapability % 10,
            _ => -1,
        };
        return *value < 0 ? 1 : 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceTotalMem_v2")]
    public static int cuDeviceTotalMem(nuint* bytes, int device)
    {
        *bytes = (nuint)Api.GetDeviceInfo(device - 70).MemoryBytes;
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxRetain")]
    public static int cuDevicePrimaryCtxRetain(nint* context, int device) => Status(() => *context = Api.RetainPrimaryContext(device - 70));

    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxRelease_v2")]
    public static int cuDevicePrimaryCtxRelease(int device) => Status(() => Api.ReleasePrimaryContext(device - 70));

    [UnmanagedCallersOnly(EntryPoint = "cuCtxSetCurrent")]
    public static int cuCtxSetCurrent(nint context) => Status(() => Api.SetCurrentContext(context));

    [UnmanagedCallersOnly(EntryPoint = "cuMemGetInfo_v2")]
    public static int cuMemGetInfo(nuint* free, nuint* total)
    {
        (long Free, long Total) info = Api.GetMemoryInfo();
        (*free, *total) = ((nuint)info.Free, (nuint)info.Total);
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "cuMemAlloc_v2")]
    public static int cuMemAlloc(ulong* address, nuint bytes) => Status(() => *address = Api.AllocateMemory((long)bytes));

    [UnmanagedCallersOnly(EntryPoint = "cuMemFree_v2")]
    public static int cuMemFree(ulong address) => Status(() => Api.FreeMemory(address));

    [UnmanagedCallersOnly(EntryPoint = "cuMemHostAlloc")]
    public static int cuMemHostAlloc(nint* address, nuint bytes, uint flags) => Status(() => *address = Api.AllocateHostMemory((long)bytes));

    [UnmanagedCallersOnly(EntryPoint = "cuMemFreeHost")]
    public static int cuMemFreeHost(nint address) => Status(() => Api.FreeHostMemory(address));

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyHtoDAsync_v2")]
    public static int cuMemcpyHtoDAsync(ulong target, nint source, nuint bytes, nint stream) =>
        Status(() => Api.CopyToDevice(target, source, (long)bytes, stream));

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoHAsync_v2")]
    public static int cuMemcpyDtoHAsync(nint target, ulong source, nuint bytes, nint stream) =>
        Status(() => Api.CopyToHost(target, source, (long)bytes, stream));

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoDAsync_v2")]
    public static int cuMemcpyDtoDAsync(ulong target, ulong source, nuint bytes, nint stream) =>
        Status(() => Api.CopyOnDevice(target, source, (long)bytes, stream));

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD32Async")]
    public static int cuMemsetD32Async(ulong target, uint value, nuint count, nint stream) =>
        Status(() => Api.SetMemory(target, value, (long)count, stream));

    [UnmanagedCallersOnly(EntryPoint = "cuStreamCreate")]
    public static int cuStreamCreate(nint* stream, uint flags) => Status(() => *stream = Api.CreateStream());

    [UnmanagedCallersOnly(EntryPoint = "cuStreamDestroy_v2")]
    public static int cuStreamDestroy(nint stream) => Status(() => Api.DestroyStream(stream));

    [UnmanagedCallersOnly(EntryPoint = "cuStreamSynchronize")]
    public static int cuStreamSynchronize(nint stream) => Status(() => Api.SynchronizeStream(stream));

    [UnmanagedCallersOnly(EntryPoint = "cuStreamWaitEvent")]
    public static int cuStreamWaitEvent(nint stream, nint @event, uint flags) => Status(() => Api.WaitForEvent(stream, @event));

    [UnmanagedCallersOnly(EntryPoint = "cuEventCreate")]
    public static int cuEventCreate(nint* @event, uint flags) => Status(() => *@event = Api.CreateEvent());

    [UnmanagedCallersOnly(EntryPoint = "cuEventDestroy_v2")]
    public static int cuEventDestroy(nint @event) => Status(() => Api.DestroyEvent(@event));

    [UnmanagedCallersOnly(EntryPoint = "cuEventRecord")]
    public static int cuEventRecord(nint @event, nint stream) => Status(() => Api.RecordEvent(@event, stream));

    [UnmanagedCallersOnly(EntryPoint = "cuEventSynchronize")]
    public static int cuEventSynchronize(nint @event) => Status(() => Api.SynchronizeEvent(@event));

    [UnmanagedCallersOnly(EntryPoint = "cuEventElapsedTime")]
    public static int cuEventElapsedTime(float* milliseconds, nint start, nint end) => Status(() => *milliseconds = Api.ElapsedMilliseconds(start, end));

    [UnmanagedCallersOnly(EntryPoint = "cuModuleLoadDataEx")]
    public static int cuModuleLoadDataEx(nint* module, nint image, uint optionCount, int* options, nint* values) =>
        Status(() => *module = Api.LoadModule(Marshal.PtrToStringUTF8(image)!));

    [UnmanagedCallersOnly(EntryPoint = "cuModuleUnload")]
    public static int cuModuleUnload(nint module) => Status(() => Api.UnloadModule(module));

    [UnmanagedCallersOnly(EntryPoint = "cuModuleGetFunction")]
    public static int cuModuleGetFunction(nint* function, nint module, nint name) =>
        Status(() => *function = Api.GetFunction(module, Marshal.PtrToStringUTF8(name)!));

    [UnmanagedCallersOnly(EntryPoint = "cuLaunchKernel")]
    public static int cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, nint* parameters, nint* extra) =>
        Status(() =>
        {
            Require(parameters == null && extra[0] == 1 && extra[2] == 2 && extra[4] == 0, "the arguments are not one block");
            var arguments = new ReadOnlySpan<byte>((void*)extra[1], (int)*(nuint*)extra[3]);
            var grid = new CudaDim((int)gridX, (int)gridY, (int)gridZ);
            Api.Launch(function, grid, new CudaDim((int)blockX, (int)blockY, (int)blockZ), (int)sharedBytes, stream, arguments);
        });

    [UnmanagedCallersOnly(EntryPoint = "cuStreamBeginCapture_v2")]
    public static int cuStreamBeginCapture(nint stream, int mode) => Status(() => Api.BeginCapture(stream));

    [UnmanagedCallersOnly(EntryPoint = "cuStreamEndCapture")]
    public static int cuStreamEndCapture(nint stream, nint* graph) => Status(() => *graph = Api.EndCapture(stream));

    [UnmanagedCallersOnly(EntryPoint = "cuGraphInstantiateWithFlags")]
    public static int cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags) => Status(() => *executable = Api.InstantiateGraph(graph));

    [UnmanagedCallersOnly(EntryPoint = "cuGraphLaunch")]
    public static int cuGraphLaunch(nint executable, nint stream) => Status(() => Api.LaunchGraph(executable, stream));

    [UnmanagedCallersOnly(EntryPoint = "cuGraphExecDestroy")]
    public static int cuGraphExecDestroy(nint executable) => Status(() => Api.DestroyExecutable(executable));

    [UnmanagedCallersOnly(EntryPoint = "cuGraphDestroy")]
    public static int cuGraphDestroy(nint graph) => Status(() => Api.DestroyGraph(graph));
}
