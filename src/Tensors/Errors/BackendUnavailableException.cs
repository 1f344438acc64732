namespace Numerics.Tensors;

/// <summary>A backend that was asked for cannot run here; the message says why and what was tried.</summary>
public sealed class BackendUnavailableException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public BackendUnavailableException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Why the backend cannot run.</param>
    public BackendUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public BackendUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
