using System.CommandLine;
using Numerics.Distributed;
using Numerics.Samples.CatsVsDogs.Runs;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>train</c>: pictures in, a file of weights out.</summary>
internal sealed class TrainCommand
{
    /// <summary>Where the weights go unless asked otherwise.</summary>
    public const string DefaultOutput = "catsvsdogs.safetensors";

    private readonly Terminal _terminal;
    private readonly TrainOptions _options;
    private readonly DeviceOption _device;
    private readonly DistributedOption _distributed;

    private TrainCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        _options = TrainOptions.AddTo(command);
        _device = DeviceOption.AddTo(command, _options.Threads);
        _distributed = DistributedOption.AddTo(command);
    }

    public static Command Create(Terminal terminal)
    {
        var command = new Command("train", "Trains the network and writes its weights.");
        var train = new TrainCommand(terminal, command);
        command.SetAction((arguments, cancellationToken) => Task.FromResult(train.Run(arguments, cancellationToken)));
        return command;
    }

    private int Run(ParseResult arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TrainSettings settings = _options.Read(arguments);
        ProcessGroup group = _distributed.Open(arguments);
        group.StopToken = cancellationToken;
        NodePlacement placement = NodePlacement.Of(group);
        Terminal terminal = group.Rank > 0 ? new Terminal(TextWriter.Null, TextWriter.Null, IsLive: false) : _terminal;

        // The output is the document's alone.
        Terminal shown = settings.Json ? terminal with { Out = terminal.Error, IsLive = false } : terminal;
        try
        {
            _device.Apply(arguments, placement.LocalRank, group.Size > 1 ? placement.Threads : null);
            group = _distributed.OnDevices(arguments, group);
            group.StopToken = cancellationToken;
            DataParallel? strategy = _distributed.Strategy(arguments, group, shown.Out);
            if (strategy is not null && settings.JitCompile)
                throw new UserException("--jit-compile: not together with several processes or --shards, whose steps are not captured");
            return new TrainingJob(settings, terminal, shown, group, placement, strategy).Run(cancellationToken);
        }
        catch (Exception exception) when (group.Size > 1 && exception is not OperationCanceledException)
        {
            // The others wait for this process: they are ended with it.
            _terminal.Error.WriteLine($"error: {(exception is ProcessGroupException ? "" : $"process {group.Rank} of {group.Size}: ")}{CommandLine.Describe(exception)}");
            if (settings.Run is { IsUnfinished: true } run)
                terminal.Error.WriteLine($"the job has ended; to go on from the last checkpoint, with any number of processes: catsvsdogs train {ConfigArguments.Resume} {ConfigArguments.RunDirectory} {run.Path}");
            group.MarkBroken();
            throw;
        }
        finally
        {
            group.Dispose();
        }
    }
}
