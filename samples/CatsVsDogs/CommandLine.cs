using System.CommandLine;
using Numerics.Backends.Cuda;
using Numerics.Distributed;
using Numerics.Samples.CatsVsDogs.Commands;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs;

/// <summary>The program: arguments in, text and an exit code out.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command. Every failure becomes one message on the error stream.</summary>
    /// <param name="args">The arguments, the program's name not among them.</param>
    /// <param name="terminal">Where to write.</param>
    /// <param name="cancellationToken">Stops the command.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellationToken = default)
    {
        var verbose = new Option<bool>("--verbose") { Description = "Show where an error came from.", Recursive = true };
        Option<string?> config = PathOption.Create(
            ConfigArguments.Config, "FILE", "Options from a JSON file, such as { \"epochs\": 5 }; those on the command line have precedence.");
        config.Recursive = true;
        var root = new RootCommand("Trains and uses a classifier of cat and dog pictures, in pure C#.")
        {
            verbose,
            config,
            TrainCommand.Create(terminal),
            EvaluateCommand.Create(terminal),
            PredictCommand.Create(terminal),
            PrepareCommand.Create(terminal),
            DataCommand.Create(terminal),
            ImbalanceCommand.Create(terminal),
            SummaryCommand.Create(terminal),
            BenchCommand.Create(terminal),
            InfoCommand.Create(terminal),
        };
        HelpExamples.AddTo(root);
        try
        {
            args = ConfigArguments.Expand(root, args);
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            terminal.Error.WriteLine($"error: {exception.Message}");
            return ExitCode.Failure;
        }

        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                terminal.Error.WriteLine($"error: {error.Message}");
            string command = parsed.CommandResult.Command == root ? "" : $"{parsed.CommandResult.Command.Name} ";
            terminal.Error.WriteLine($"usage: catsvsdogs {command}--help");
            return ExitCode.Usage;
        }

        var configuration = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            terminal.Error.WriteLine("stopped");
            return ExitCode.Cancelled;
        }
        catch (Exception exception)
        {
            terminal.Error.WriteLine($"error: {Describe(exception)}");
            if (parsed.GetValue(verbose))
                terminal.Error.WriteLine(exception);
            else if (!IsExpected(exception))
                terminal.Error.WriteLine("this should not have happened; --verbose shows where it came from");
            return ExitCode.Failure;
        }
    }

    private static bool IsExpected(Exception exception) => exception
        is UserException or InvalidDataException or IOException or UnauthorizedAccessException or BackendUnavailableException or CudaException
        or ProcessGroupException;

    /// <summary>What a person is told of a failure.</summary>
    public static string Describe(Exception exception) =>
        IsExpected(exception) ? exception.Message : $"{exception.GetType().Name}: {exception.Message}";
}
