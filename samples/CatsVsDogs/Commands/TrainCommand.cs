using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Data;
using Numerics.Distributed;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs.Drawings;
using Numerics.Samples.CatsVsDogs.Pictures;
using Numerics.Samples.CatsVsDogs.Plots;
using Numerics.Samples.CatsVsDogs.Progress;
using Numerics.Samples.CatsVsDogs.Runs;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>train</c>: pictures in, a file of weights out.</summary>
internal sealed class TrainCommand
{
    /// <summary>Where the weights go unless asked otherwise.</summary>
    public const string DefaultOutput = "catsvsdogs.safetensors";

    private const int EpochsOnPhotographs = 10;
    private const int EpochsOnDrawings = 6;
    private const double DefaultSplit = 0.2;

    private readonly Option<string?> _data = PathOption.Create(
        "--data", "DIR", "Photographs: a folder with two in it, Cat and Dog; a .zip or .tar of them; or TFRecords. Without it, drawings.");

    private readonly Option<string?> _drawings = PathOption.Create("--drawings", "DIR", "Where the drawings are kept.", DrawingSet.DefaultPath);
    private readonly Option<string?> _validationData = PathOption.Create("--validation-data", "DIR", "Photographs to test on.");
    private readonly Option<double?> _validationSplit = NumberOption.Create<double>(
        "--validation-split", $"The part of --data set aside to test on, if there is no --validation-data. [default: {DefaultSplit}]",
        "a number from 0 up to, but not including, 1", value => value is >= 0 and < 1);

    private readonly Option<FilePolicy?> _policy = PolicyOption.Create(acceptsStrict: true);
    private readonly Option<int?> _epochs = NumberOption.Count(
        "--epochs", $"How often every picture is seen. [default: {EpochsOnPhotographs}, for drawings {EpochsOnDrawings}]");

    private readonly Option<int?> _batchSize = NumberOption.Count("--batch-size", "How many pictures make a step.", 32);
    private readonly Option<float?> _learningRate = NumberOption.Create<float>(
        "--learning-rate", "Adam's step size.", "a number above 0", value => value > 0 && float.IsFinite(value), 0.001f);

    private readonly Option<float?> _alpha = NumberOption.NotNegative("--alpha", "The focal loss' weight.", 0.25f);
    private readonly Option<float?> _gamma = NumberOption.NotNegative("--gamma", "The focal loss' focusing exponent.", 2);
    private readonly Option<float?> _l1 = NumberOption.NotNegative("--l1", "The weight of the sum of the predictions.", 0);
    private readonly Option<float?> _l2 = NumberOption.NotNegative("--l2", "The weight of the sum of the squared predictions.", 0);
    private readonly Option<bool> _augment = new("--augment")
    {
        Description = "Train on pictures mirrored, turned and scaled a little at random, others every time they are seen.",
    };

    private readonly Option<float?> _dropout = NumberOption.Create<float>(
        "--dropout", "The part of the features before each dense layer that training leaves out at random.",
        "a number from 0 up to, but not including, 1", value => value is >= 0 and < 1, 0);

    private readonly Option<ulong?> _seed = NumberOption.Create<ulong>(
        "--seed", "Decides first weights and orders: the same seed, the same result.", "a whole number of at least 0", _ => true, 1);

    private readonly Option<int?> _shuffle = NumberOption.Count("--shuffle", "The size of the buffer that pictures are shuffled in.", 1000);
    private readonly Option<int?> _limit = NumberOption.Count("--limit", "Use only so many pictures of each class, for a quick try.");
    private readonly Option<string?> _output = PathOption.Create(ConfigArguments.Output, "FILE", "The file of weights to write.", DefaultOutput);
    private readonly Option<string?> _run = PathOption.Create(
        ConfigArguments.RunDirectory, "DIR", "Where the run's history, pictures, report, options and checkpoints go. [default: beside the weights, NAME-run]");

    private readonly Option<int?> _saveFreq = NumberOption.Count(
        "--save-freq", "After how many steps a checkpoint is written, besides after every epoch.");

    private readonly Option<bool> _jitCompile = new("--jit-compile")
    {
        Description = "On a GPU, capture forward and backward pass once and repeat them as a whole; numbers stay the same.",
    };

    private readonly Option<bool> _resume = new(ConfigArguments.Resume)
    {
        Description = "Go on with the run of --run-dir, with its options, as if it had not been interrupted.",
    };

    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Begin anew although --run-dir holds an unfinished run." };
    private readonly Option<int?> _threads = NumberOption.Count("--threads", "How many threads compute. [default: one for each processor]");
    private readonly Option<bool> _json = JsonOption.Create("what came of it, with each epoch,");
    private Terminal _terminal;
    private DeviceOption _device = null!;
    private DistributedOption _distributed = null!;

    private TrainCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var train = new TrainCommand(terminal);
        var command = new Command("train", "Trains the network and writes its weights.")
        {
            train._data, train._drawings, train._validationData, train._validationSplit, train._policy, train._epochs, train._batchSize, train._learningRate,
            train._alpha, train._gamma, train._l1, train._l2, train._augment, train._dropout, train._seed, train._shuffle, train._limit, train._output, train._run,
            train._saveFreq, train._jitCompile, train._resume, train._overwrite, train._threads, train._json,
        };
        train._device = DeviceOption.AddTo(command, train._threads);
        train._distributed = DistributedOption.AddTo(command);
        command.Validators.Add(train.CheckTogether);
        command.SetAction((arguments, cancellationToken) => Task.FromResult(train.Run(arguments, cancellationToken)));
        return command;
    }

    private void CheckTogether(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        if (Given(_data) && Given(_drawings))
            result.AddError("--drawings: not together with --data, which names photographs");
        if (Given(_validationData) && !Given(_data))
            result.AddError("--validation-data: needs --data; drawings have pictures of their own to test on");
        if (Given(_validationSplit) && !Given(_data))
            result.AddError("--validation-split: needs --data; drawings have pictures of their own to test on");
        if (Given(_jitCompile) && Given(_augment))
            result.AddError("--jit-compile: not together with --augment, which works on the host");
        if (Given(_policy) && !Given(_data))
            result.AddError("--policy: needs --data; drawings are all there");
        if (Given(_validationSplit) && Given(_validationData))
            result.AddError("--validation-split: not together with --validation-data");
    }

    private int Run(ParseResult arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ProcessGroup group = _distributed.Open(arguments);
        group.StopToken = cancellationToken;
        NodePlacement placement = NodePlacement.Of(group);
        TextWriter error = _terminal.Error;
        if (group.Rank > 0)
            _terminal = new Terminal(TextWriter.Null, TextWriter.Null, IsLive: false);
        try
        {
            _device.Apply(arguments, placement.LocalRank, group.Size > 1 ? placement.Threads : null);
            group = _distributed.OnDevices(arguments, group);
            group.StopToken = cancellationToken;
            return Run(arguments, group, placement, cancellationToken);
        }
        catch (Exception exception) when (group.Size > 1 && exception is not OperationCanceledException)
        {
            // The others wait for this process: they are ended with it.
            error.WriteLine($"error: {(exception is ProcessGroupException ? "" : $"process {group.Rank} of {group.Size}: ")}{CommandLine.Describe(exception)}");
            WriteHowToGoOn(arguments);
            group.MarkBroken();
            throw;
        }
        finally
        {
            group.Dispose();
        }
    }

    private int Run(ParseResult arguments, ProcessGroup group, NodePlacement placement, CancellationToken cancellationToken)
    {
        bool isFirst = group.Rank == 0;
        bool json = arguments.GetValue(_json);

        // The output is the document's alone.
        Terminal shown = json ? _terminal with { Out = _terminal.Error, IsLive = false } : _terminal;
        string output = arguments.GetValue(_output)!;
        if (isFirst)
            OutputFile.CheckWritable(output);
        ulong seed = arguments.GetValue(_seed)!.Value;
        RandomGenerator.SetSeed(seed);
        var run = new RunFolder(arguments.GetValue(_run) ?? RunFolder.DefaultFor(output));
        bool resumed = arguments.GetValue(_resume);
        CheckRun(run, resumed, arguments.GetValue(_overwrite));

        bool areDrawings = arguments.GetValue(_data) is null;
        TrainingPictures pictures = OpenTogether(arguments, seed, shown.Out, group, placement, cancellationToken);
        int? limit = arguments.GetValue(_limit);
        int batchSize = arguments.GetValue(_batchSize)!.Value;
        Dataset training = Limited(pictures.Training, limit);
        Dataset train = Cached(training).Shuffle(arguments.GetValue(_shuffle)!.Value, seed).Batch(batchSize).Prefetch();
        Dataset? heldOut = pictures.HeldOut is { } others ? Limited(others, limit) : null;
        Dataset? test = heldOut is null ? null : Cached(heldOut).Batch(batchSize).Prefetch();

        using Sequential model = Network.Create(isAugmented: arguments.GetValue(_augment), dropout: arguments.GetValue(_dropout)!.Value);
        Network.Compile(
            model, arguments.GetValue(_learningRate)!.Value, arguments.GetValue(_alpha)!.Value, arguments.GetValue(_gamma)!.Value,
            arguments.GetValue(_l1)!.Value, arguments.GetValue(_l2)!.Value, arguments.GetValue(_jitCompile));
        model.Summary(shown.Out);
        DataParallel? strategy = _distributed.Strategy(arguments, group, shown.Out);
        model.Strategy = strategy;
        Backend backend = Backend.Default;
        shown.Out.WriteLine($"training on {training.Cardinality:N0} pictures; {backend.Name}: {backend.Description}");
        if (strategy is not null)
            shown.Out.WriteLine($"{strategy.Shards} parts of each batch; {group.Description}");

        JsonObject config = Config(arguments, run, strategy?.Shards);
        var backup = new BackupAndRestore(run.Checkpoints, arguments.GetValue(_saveFreq), deleteCheckpoint: false);
        if (isFirst)
            OutputFolder.Create(run.Path, ConfigArguments.RunDirectory);
        if (isFirst && !resumed)
        {
            backup.DeleteCheckpoints();
            WholeFile.Write(run.Config, Encoding.UTF8.GetBytes(config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n"));
        }

        int epochs = arguments.GetValue(_epochs) ?? (areDrawings ? EpochsOnDrawings : EpochsOnPhotographs);
        TrainingDisplay display = TrainingDisplay.Create(shown);
        var finite = new TerminateOnNaN();
        var reporter = new ProgressReporter(display, epochs, train, batchSize);
        History? history = null;
        try
        {
            display.Show(() => history = model.Fit(
                train, epochs, test, isFirst ? [finite, reporter, new HistoryFile(run.History), backup] : [finite], verbose: 0,
                cancellationToken: cancellationToken));
        }
        catch (OperationCanceledException) when (backup.LastPath is not null)
        {
            _terminal.Error.WriteLine($"state written to {backup.LastPath}; to go on: catsvsdogs train {ConfigArguments.Resume} {ConfigArguments.RunDirectory} {run.Path}");
            throw;
        }

        if (!isFirst)
            return finite.StoppedAt is null ? ExitCode.Success : ExitCode.Failure;
        DamageReport.Write(shown.Out, pictures.HeldOut is null ? [pictures.Training] : [pictures.Training, pictures.HeldOut]);
        if (finite.StoppedAt is var (epoch, batch))
        {
            backup.DeleteCheckpoints();
            throw Diverged($"the loss is not a finite number any more, from epoch {epoch + 1}, step {batch + 1} on");
        }

        // The last step changed the weights after its loss was computed.
        if (model.Variables.FirstOrDefault(variable => !variable.Value.ToArray().All(float.IsFinite)) is { } broken)
        {
            backup.DeleteCheckpoints();
            throw Diverged($"the weights '{broken.Name}' are not finite numbers any more");
        }

        cancellationToken.ThrowIfCancellationRequested();
        model.SaveWeights(run.Model);
        model.SaveWeights(output);
        shown.Out.WriteLine($"weights written to {output}");
        HeldOutResults? results = test is null ? null : HeldOutResults.Of(model, test, cancellationToken);
        CurvesPlot.Save(history!, run.Curves);
        if (results is not null)
        {
            ConfusionMatrixPlot.Save(results.Matrix, PictureFolder.ClassNames, run.Confusion);
            MistakesPicture.Save(results.Mistakes, PictureFolder.ClassNames, run.Mistakes);
        }

        ReportPage.Write(run, history!, results, config, model, $"trained on {training.Cardinality:N0} {(areDrawings ? "drawings" : "pictures")} with {backend.Name}");
        backup.DeleteCheckpoints();
        shown.Out.WriteLine($"report written to {run.Report}");
        if (json)
        {
            JsonOption.Write(_terminal, Document(history!, heldOut?.Cardinality, pictures, output, run));
        }
        else if (heldOut is not null)
        {
            double accuracy = history!["val_accuracy"][^1], loss = history["val_loss"][^1];
            string what = areDrawings ? "drawings" : "pictures";
            shown.Out.WriteLine($"held-out accuracy {100 * accuracy:F1} % of {heldOut.Cardinality:N0} {what}, loss {loss:F4}");
        }

        return ExitCode.Success;
    }

    private void WriteHowToGoOn(ParseResult arguments)
    {
        var run = new RunFolder(arguments.GetValue(_run) ?? RunFolder.DefaultFor(arguments.GetValue(_output)!));
        if (run.IsUnfinished)
            _terminal.Error.WriteLine($"the job has ended; to go on from the last checkpoint, with any number of processes: catsvsdogs train {ConfigArguments.Resume} {ConfigArguments.RunDirectory} {run.Path}");
    }

    // Of the processes of a machine the first one draws what is not there yet.
    private TrainingPictures OpenTogether(
        ParseResult arguments, ulong seed, TextWriter output, ProcessGroup group, NodePlacement placement, CancellationToken cancellationToken)
    {
        TrainingPictures? pictures = placement.LocalRank == 0 ? OpenPictures(arguments, seed, output, cancellationToken) : null;
        group.Barrier();
        return pictures ?? OpenPictures(arguments, seed, output, cancellationToken);
    }

    private static JsonObject Document(History history, int? heldOut, TrainingPictures pictures, string output, RunFolder run)
    {
        var document = new JsonObject
        {
            ["weights"] = output,
            ["report"] = run.Report,
            ["epochs"] = JsonOption.List(history.Epoch.Select(epoch =>
            {
                var values = new JsonObject { ["epoch"] = epoch + 1 };
                foreach ((string name, double value) in history.Logs(epoch))
                    values[name] = JsonOption.Number(value);
                return (JsonNode?)values;
            })),
        };
        if (heldOut is { } held)
        {
            document["held_out"] = new JsonObject
            {
                ["pictures"] = held,
                ["loss"] = JsonOption.Number(history["val_loss"][^1]),
                ["accuracy"] = history["val_accuracy"][^1],
            };
        }

        JsonArray leftOut = DamageReport.ToJson(pictures.HeldOut is null ? [pictures.Training] : [pictures.Training, pictures.HeldOut]);
        if (leftOut.Count > 0)
            document["left_out"] = leftOut;
        return document;
    }

    private static void CheckRun(RunFolder run, bool resumed, bool overwrite)
    {
        if (resumed)
        {
            if (!run.IsUnfinished && File.Exists(run.Model))
                throw new UserException($"{run.Path}: the run is finished, there is nothing to resume");
        }
        else if (run.IsUnfinished && !overwrite)
        {
            throw new UserException($"{run.Path}: holds an unfinished run; --resume goes on with it, --overwrite begins anew");
        }
    }

    /// <summary>The options of the run, under their names; what goes without saying is left out.</summary>
    private JsonObject Config(ParseResult arguments, RunFolder run, int? shards)
    {
        JsonNode?[] paths = [.. new[] { _data, _drawings, _validationData, _output }.Select(option => (JsonNode?)Full(arguments.GetValue(option)))];
        var config = new JsonObject
        {
            ["data"] = paths[0],
            ["drawings"] = paths[0] is null ? paths[1] : null,
            ["validation-data"] = paths[2],
            ["validation-split"] = arguments.GetValue(_validationSplit),
            ["policy"] = paths[0] is null ? null : arguments.GetValue(_policy)!.Value.ToString().ToLowerInvariant(),
            ["epochs"] = arguments.GetValue(_epochs),
            ["batch-size"] = arguments.GetValue(_batchSize),
            ["learning-rate"] = arguments.GetValue(_learningRate),
            ["alpha"] = arguments.GetValue(_alpha),
            ["gamma"] = arguments.GetValue(_gamma),
            ["l1"] = arguments.GetValue(_l1),
            ["l2"] = arguments.GetValue(_l2),
            ["augment"] = arguments.GetValue(_augment) ? true : null,
            ["dropout"] = arguments.GetValue(_dropout) is > 0 and var rate ? rate : null,
            ["seed"] = arguments.GetValue(_seed),
            ["shuffle"] = arguments.GetValue(_shuffle),
            ["limit"] = arguments.GetValue(_limit),
            ["save-freq"] = arguments.GetValue(_saveFreq),
            ["jit-compile"] = arguments.GetValue(_jitCompile) ? true : null,
            ["threads"] = arguments.GetValue(_threads),
            ["shards"] = shards,
            ["output"] = paths[3],
            ["run-dir"] = Full(run.Path),
        };
        foreach (string name in config.Where(option => option.Value is null).Select(option => option.Key).ToArray())
            _ = config.Remove(name);
        return config;

        static string? Full(string? path) => path is null ? null : Path.GetFullPath(path);
    }

    private TrainingPictures OpenPictures(ParseResult arguments, ulong seed, TextWriter shown, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_data) is not { } folder)
            return TrainingPictures.OfDrawings(arguments.GetValue(_drawings)!, seed, shown, cancellationToken);
        FilePolicy policy = arguments.GetValue(_policy)!.Value;
        return arguments.GetValue(_validationData) is { } heldOut
            ? TrainingPictures.OfFolders(folder, heldOut, seed, policy)
            : TrainingPictures.OfFolder(folder, arguments.GetValue(_validationSplit) ?? DefaultSplit, seed, policy);
    }

    private static UserException Diverged(string what) => new($"{what}; no weights written. A smaller --learning-rate may help");

    // Keeps decoded pictures, 150,528 bytes each, unless they would take more than half of the memory.
    private static Dataset Cached(Dataset pictures)
    {
        long bytes = (long)pictures.Cardinality! * PictureFolder.ImageSize.Height * PictureFolder.ImageSize.Width * 3;
        return bytes < GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 ? pictures.Cache() : pictures;
    }

    private static Dataset Limited(ImageDataset pictures, int? limit) => limit is { } count ? new ClassLimit(pictures, count) : pictures;
}
