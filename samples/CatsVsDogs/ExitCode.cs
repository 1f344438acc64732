namespace Numerics.Samples.CatsVsDogs;

/// <summary>What the program tells the shell.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>Bad data or a failure on the way; the message is on the error stream.</summary>
    public const int Failure = 1;

    /// <summary>Arguments that make no sense.</summary>
    public const int Usage = 2;

    /// <summary>Stopped with Ctrl-C: 128 + SIGINT, as shells expect.</summary>
    public const int Cancelled = 130;
}
