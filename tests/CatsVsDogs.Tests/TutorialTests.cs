using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>
/// The commands of the tutorial, run one after the other as they stand there, and what they write beside what stands there: every line,
/// but numbers, the vectors and the step of the interruption, which differ from machine to machine, progress within an epoch, of which a slow machine shows more, and <c>...</c> for lines
/// that are left out.
/// </summary>
public sealed partial class TutorialTests : IDisposable
{
    private const string LeftOut = "...";
    private const string CtrlC = "^C";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_session_goes_as_written()
    {
        if (OperatingSystem.IsWindows())
            return;
        string program = _folder.Write("bin/catsvsdogs", System.Text.Encoding.UTF8.GetBytes(
            $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "catsvsdogs.dll")}' \"$@\"\n"));
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string session = Directory.CreateDirectory(_folder["session"]).FullName;
        List<(string Command, List<string> Output)> steps = [.. Steps()];
        Assert.True(steps.Count > 8, $"{steps.Count} commands");
        Assert.Contains(steps, step => step.Output.Contains(CtrlC));
        foreach ((string command, List<string> output) in steps)
            Run(command, output, session);
    }

    private static IEnumerable<(string Command, List<string> Output)> Steps()
    {
        string page = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "docs", "tutorial.md");
        bool inside = false;
        (string Command, List<string> Output)? step = null;
        foreach (string line in File.ReadLines(page))
        {
            bool starts = inside && line.StartsWith("$ ", StringComparison.Ordinal), fence = line.StartsWith("```", StringComparison.Ordinal);
            if ((starts || fence) && step is { } done)
            {
                yield return done;
                step = null;
            }

            if (fence)
                inside = line == "```console";
            else if (starts)
                step = (line[2..], []);
            else if (inside)
                step!.Value.Output.Add(line);
        }
    }

    private void Run(string command, List<string> expected, string session)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command.StartsWith("catsvsdogs", StringComparison.Ordinal) ? $"exec {command} 2>&1" : command])
        {
            WorkingDirectory = session,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = $"{_folder["bin"]}:{start.Environment["PATH"]}";
        start.Environment["XDG_CACHE_HOME"] = _folder["cache"];
        using Process process = Process.Start(start)!;
        int interruption = expected.IndexOf(CtrlC);
        var written = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (!line.Contains("  step ", StringComparison.Ordinal))
                written.Add(line);
            if (interruption > 0 && Plain(line) == Plain(expected[interruption - 1]))
            {
                using Process kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
                kill.WaitForExit();
            }
        }

        process.WaitForExit();
        string all = string.Join('\n', written);
        Assert.True(process.ExitCode == (interruption > 0 ? 130 : 0), $"{command}: exit code {process.ExitCode}\n{all}");

        // Between the keys and the end of the step the program may write another line.
        List<string> lines = [.. expected.Where(line => !line.Contains("  step ", StringComparison.Ordinal)).Select(line => line == CtrlC ? LeftOut : line)];
        Assert.True(Matches([.. lines], [.. written]), $"{command}: expected\n{string.Join('\n', expected)}\n\nwritten:\n{all}");
    }

    private static bool Matches(ReadOnlySpan<string> expected, ReadOnlySpan<string> written)
    {
        if (expected.IsEmpty)
            return written.IsEmpty;
        if (expected[0] == LeftOut)
        {
            for (int skipped = 0; skipped <= written.Length; skipped++)
            {
                if (Matches(expected[1..], written[skipped..]))
                    return true;
            }

            return false;
        }

        return !written.IsEmpty && Plain(expected[0]) == Plain(written[0]) && Matches(expected[1..], written[1..]);
    }

    private static string Plain(string line) => Spaces().Replace(Numbers().Replace(Backends().Replace(Checkpoints().Replace(line, "checkpoint"), "cpu"), "N"), " ").Trim();

    [GeneratedRegex(@"(?<![\w/-])(?>\d[\d.,]*)(e[-+]\d+)?(?!/)")]
    private static partial Regex Numbers();

    [GeneratedRegex("cpu: .+")]
    private static partial Regex Backends();

    [GeneratedRegex(@"checkpoint-\d+-\d+")]
    private static partial Regex Checkpoints();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
