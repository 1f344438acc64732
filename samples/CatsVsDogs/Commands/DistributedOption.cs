using System.CommandLine;
using Numerics.Backends.Cuda;
using Numerics.Distributed;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>--distributed</c> and how processes work together.</summary>
internal sealed class DistributedOption
{
    private const string Auto = "auto";
    private const string Mpi = "mpi";
    private const string Nccl = "nccl";
    private const string None = "none";

    private readonly Option<string?> _engine = Choice(
        "--distributed", "Several processes that mpirun started: over mpi, over nccl with a GPU each, none, or auto for what the environment says.",
        [Auto, Mpi, Nccl, None]);

    private readonly Option<string?> _compression = Choice("--compression", "What gradients are rounded to on their way between processes.", ["none", "bfloat16"]);

    private DistributedOption()
    {
    }

    /// <summary>Into how many parts each batch is cut.</summary>
    public Option<int?> Shards { get; } = NumberOption.Count(
        "--shards", "Cut each batch into so many parts: one number, the same weights for any number of processes. [default: one for each process]");

    /// <summary>Adds the options to a command.</summary>
    public static DistributedOption AddTo(Command command)
    {
        var option = new DistributedOption();
        command.Add(option._engine);
        command.Add(option.Shards);
        command.Add(option._compression);
        return option;
    }

    /// <summary>Joins the other processes, if there are any.</summary>
    /// <exception cref="BackendUnavailableException">The engine is not there; the message says what was tried.</exception>
    public ProcessGroup Open(ParseResult arguments)
    {
        string engine = arguments.GetValue(_engine)!;
        bool isAlone = engine == None || (engine == Auto && MpiLaunch.Detect() is not { Size: > 1 });
        return isAlone ? new SingleProcessGroup() : new MpiProcessGroup();
    }

    /// <summary>The group over the processes' GPUs, where that is asked for; the backend has been chosen by now.</summary>
    /// <exception cref="UserException">NCCL without a GPU.</exception>
    public ProcessGroup OnDevices(ParseResult arguments, ProcessGroup group)
    {
        string engine = arguments.GetValue(_engine)!;
        if (Backend.Default is CudaBackend cuda && (engine == Nccl || (engine == Auto && group.Size > 1)))
            return new NcclProcessGroup(cuda, group);
        return engine == Nccl ? throw new UserException("--distributed nccl: needs a GPU for each process, --device cuda") : group;
    }

    /// <summary>How the processes train together; null for one process and one part.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="group">The processes.</param>
    /// <param name="output">Is told where the parts that were asked for are not possible.</param>
    public DataParallel? Strategy(ParseResult arguments, ProcessGroup group, TextWriter output)
    {
        int shards = arguments.GetValue(Shards) ?? group.Size;
        if (!DataParallel.IsPossible(shards, group.Size))
        {
            output.WriteLine($"{shards} parts of a batch cannot be shared out to {group.Size} processes: {group.Size} parts, so that weights will differ by rounding");
            shards = group.Size;
        }

        if (shards == 1)
            return null;
        return new DataParallel(group, new DataParallelOptions
        {
            Shards = shards,
            Compression = arguments.GetValue(_compression) == "bfloat16" ? Compression.BFloat16 : Compression.None,
        });
    }

    private static Option<string?> Choice(string name, string description, string[] values)
    {
        var option = new Option<string?>(name)
        {
            Description = $"{description} {string.Join(", ", values)}.",
            HelpName = "NAME",
            Arity = ArgumentArity.ExactlyOne,
            DefaultValueFactory = _ => values[0],
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !values.Contains(token.Value))
                result.AddError($"{name}: expected {string.Join(", ", values)}, got '{token.Value}'");
        });
        return option;
    }
}
