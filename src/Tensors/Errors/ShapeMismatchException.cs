namespace Numerics.Tensors;

/// <summary>Tensors whose shapes do not fit together, or do not fit the layer or op that was given them.</summary>
public sealed class ShapeMismatchException : ArgumentException
{
    /// <summary>Creates the exception without a message.</summary>
    public ShapeMismatchException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was expected, what came, and where.</param>
    public ShapeMismatchException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public ShapeMismatchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
