using System.Diagnostics;
using Numerics.Samples.CatsVsDogs;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>Runs the program.</summary>
internal static class Catsvsdogs
{
    /// <summary>Runs it within the tests' own process.</summary>
    public static Outcome Run(params string[] args) => Run(CancellationToken.None, args);

    /// <summary>Runs it within the tests' own process.</summary>
    public static Outcome Run(CancellationToken cancellationToken, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandLine.RunAsync(args, new Terminal(output, error, IsLive: false), cancellationToken).GetAwaiter().GetResult();
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>Starts it as a process of its own, its output redirected.</summary>
    public static Process Start(params string[] args)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "catsvsdogs.dll");
        return Process.Start(new ProcessStartInfo("dotnet", [program, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    /// <summary>Runs it as a process of its own.</summary>
    public static Outcome RunProcess(params string[] args)
    {
        using Process process = Start(args);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, error.Result);
    }
}
