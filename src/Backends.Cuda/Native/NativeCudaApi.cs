using System.Globalization;
using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <summary>NVIDIA's own libraries, found at run time (see <see cref="CudaLibraries"/>): CUDA 12 or 13, and cuDNN 9.</summary>
public sealed unsafe partial class NativeCudaApi : ICudaApi
{
    private const int OldestDriver = 12_000;

    /// <summary>Loads the driver.</summary>
    /// <exception cref="BackendUnavailableException">There is no driver, it supports no CUDA 12, or it finds no device; the message says what was tried.</exception>
    public NativeCudaApi()
    {
        CudaLibraries.Register();
        int version;
        int status = CuDriver.cuInit(0);
        if (status != 0)
            throw new BackendUnavailableException($"the NVIDIA driver cannot start: {DriverReason(status)}");
        Check(CuDriver.cuDriverGetVersion(&version), nameof(CuDriver.cuDriverGetVersion));
        DriverVersion = version;
        if (version < OldestDriver)
            throw new BackendUnavailableException($"the NVIDIA driver supports CUDA {Version(version)}; 12.0 or later is needed");
    }

    /// <inheritdoc/>
    public string Description
    {
        get
        {
            string text = $"driver for CUDA {Version(DriverVersion)}";
            foreach ((CudaLibrary library, string path) in CudaLibraries.Found.OrderBy(found => found.Key))
                text += library == CudaLibrary.Driver ? "" : $", {Path.GetFileName(path)}";
            return text;
        }
    }

    /// <inheritdoc/>
    public int DriverVersion { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DnnDescriptors descriptors in _descriptors.Values)
            descriptors.Dispose();
        _descriptors.Clear();
    }

    private static string Version(int version) => string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}");

    private static void Check(int status, string call)
    {
        if (status != 0)
            throw new CudaException(CudaLibrary.Driver, call, status, DriverReason(status));
    }

    private static string DriverReason(int status)
    {
        byte* name = null, text = null;
        _ = CuDriver.cuGetErrorName(status, &name);
        _ = CuDriver.cuGetErrorString(status, &text);
        return $"{Marshal.PtrToStringUTF8((nint)name)} ({Marshal.PtrToStringUTF8((nint)text)})";
    }
}
