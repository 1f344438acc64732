using System.Text;
using ManagedCuda;
using ManagedCuda.BasicTypes;
using ManagedCuda.CudaBlas;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <summary>
/// The seam over the packages ManagedCuda-12 and ManagedCuda-CUBLAS; part of the assembly when it is built with
/// <c>-p:ManagedCuda=true</c>. The packages are GPL-3.0 or commercial, and so is what is built with them. They have no cuBLASLt, and
/// their cuDNN wrapper ends at version 7: those calls go to <see cref="NativeCudaApi"/>.
/// </summary>
public sealed unsafe partial class ManagedCudaApi : ICudaApi
{
    private readonly NativeCudaApi _native;

    /// <summary>Loads the driver.</summary>
    /// <exception cref="BackendUnavailableException">There is no driver, or it supports no CUDA 12; the message says what was tried.</exception>
    public ManagedCudaApi()
    {
        // Looks for the driver in all the places, and says where; the packages know only the loader's path.
        _native = new NativeCudaApi();
        try
        {
            Check(DriverAPINativeMethods.cuInit(CUInitializationFlags.None), nameof(DriverAPINativeMethods.cuInit));
        }
        catch (DllNotFoundException error)
        {
            _native.Dispose();
            throw new BackendUnavailableException($"ManagedCuda does not find the driver: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public string Description => $"ManagedCuda; {_native.Description}";

    /// <inheritdoc/>
    public int DriverVersion
    {
        get
        {
            int version = 0;
            Check(DriverAPINativeMethods.cuDriverGetVersion(ref version), nameof(DriverAPINativeMethods.cuDriverGetVersion));
            return version;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _native.Dispose();

    private static CUdeviceptr Pointer(ulong address) => new((SizeT)address);

    private static CUstream Stream(nint stream) => new() { Pointer = stream };

    private static CUevent Event(nint handle) => new() { Pointer = handle };

    private static void Check(CUResult status, string call)
    {
        if (status == CUResult.Success)
            return;
        nint name = 0;
        _ = DriverAPINativeMethods.ErrorHandling.cuGetErrorName(status, ref name);
        throw new CudaException(CudaLibrary.Driver, call, (int)status, System.Runtime.InteropServices.Marshal.PtrToStringUTF8(name) ?? status.ToString());
    }

    private static void Check(CublasStatus status, string call)
    {
        if (status != CublasStatus.Success)
            throw new CudaException(CudaLibrary.Blas, call, (int)status, status.ToString());
    }
}
