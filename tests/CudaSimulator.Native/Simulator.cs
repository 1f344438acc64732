using System.Runtime.InteropServices;
using Numerics.Backends.Cuda;
using Numerics.CudaSimulator.Memory;
using Numerics.CudaSimulator.Ptx;

namespace Numerics.CudaSimulator.Native;

/// <summary>The one simulator of the process, and the way from its exceptions to the libraries' statuses.</summary>
internal static class Simulator
{
    private const int IllegalAddress = 700;

    // A device with tensor cores, whose results some tests expect of real libraries.
    public static SimulatedCudaApi Api { get; } = new() { ComputeCapability = 80 };

    /// <summary>0, or the status of what was thrown; what a library would keep to itself goes to the error stream.</summary>
    public static int Status(Action call)
    {
        try
        {
            call();
            return 0;
        }
        catch (CudaException error)
        {
            return error.Status == 0 ? 999 : error.Status;
        }
        catch (Exception error) when (error is DeviceMemoryException or PtxException)
        {
            Console.Error.WriteLine(error.Message);
            return IllegalAddress;
        }
    }

    /// <summary>A handle of an object of ours.</summary>
    public static nint Handle(object value) => GCHandle.ToIntPtr(GCHandle.Alloc(value));

    /// <summary>The object behind a handle.</summary>
    public static T Object<T>(nint handle)
        where T : class => (T)GCHandle.FromIntPtr(handle).Target!;

    /// <summary>Forgets a handle.</summary>
    public static int Free(nint handle)
    {
        GCHandle.FromIntPtr(handle).Free();
        return 0;
    }

    /// <summary>Refuses arguments that a library would refuse.</summary>
    public static void Require(bool condition, string what)
    {
        if (!condition)
            throw new CudaException(CudaLibrary.Driver, what, 7, what);
    }
}
