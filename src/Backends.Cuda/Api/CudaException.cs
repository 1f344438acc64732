namespace Numerics.Backends.Cuda;

/// <summary>A call into one of NVIDIA's libraries that failed.</summary>
public sealed class CudaException : Exception
{
    /// <summary>The driver's code for memory that is not to be had (CUDA_ERROR_OUT_OF_MEMORY).</summary>
    public const int OutOfMemory = 2;

    /// <summary>Creates the exception without a message.</summary>
    public CudaException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed.</param>
    public CudaException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public CudaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception from a status.</summary>
    /// <param name="library">Which library.</param>
    /// <param name="call">The function that was called.</param>
    /// <param name="status">Its status.</param>
    /// <param name="reason">What the library says of the status.</param>
    public CudaException(CudaLibrary library, string call, int status, string reason)
        : base($"{call} failed with status {status}: {reason}")
    {
        Library = library;
        Status = status;
    }

    /// <summary>Which library.</summary>
    public CudaLibrary Library { get; }

    /// <summary>The library's own status.</summary>
    public int Status { get; }
}
