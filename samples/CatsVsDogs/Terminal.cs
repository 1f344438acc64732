namespace Numerics.Samples.CatsVsDogs;

/// <summary>Where a command writes.</summary>
/// <param name="Out">Results and progress.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="IsLive">Whether somebody watches who sees moving progress bars; else progress is plain lines.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsLive)
{
    /// <summary>The process' own streams. See https://no-color.org for NO_COLOR.</summary>
    public static Terminal Create() => new(
        Console.Out,
        Console.Error,
        IsLive: !Console.IsOutputRedirected
            && !IsSet("NO_COLOR")
            && !IsSet("CI")
            && Environment.GetEnvironmentVariable("TERM") != "dumb");

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
