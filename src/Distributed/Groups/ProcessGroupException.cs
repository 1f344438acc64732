namespace Numerics.Distributed;

/// <summary>Processes cannot work together any more: an engine reported an error, or one of them has ended.</summary>
public sealed class ProcessGroupException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="inner">Its cause, or null.</param>
    public ProcessGroupException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
