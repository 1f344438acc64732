using System.CommandLine;
using System.CommandLine.Parsing;
using Numerics.Data;
using Numerics.Samples.CatsVsDogs.Drawings;
using Numerics.Samples.CatsVsDogs.Runs;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary>The options of <c>train</c> that say what is trained on, how, and where to.</summary>
internal sealed class TrainOptions
{
    private readonly Option<string?> _data = PathOption.Create(
        "--data", "DIR", "Photographs: a folder with two in it, Cat and Dog; a .zip or .tar of them; or TFRecords. Without it, drawings.");

    private readonly Option<string?> _drawings = PathOption.Create("--drawings", "DIR", "Where the drawings are kept.", DrawingSet.DefaultPath);
    private readonly Option<string?> _validationData = PathOption.Create("--validation-data", "DIR", "Photographs to test on.");
    private readonly Option<double?> _validationSplit = NumberOption.Create<double>(
        "--validation-split", $"The part of --data set aside to test on, if there is no --validation-data. [default: {TrainSettings.DefaultSplit}]",
        "a number from 0 up to, but not including, 1", value => value is >= 0 and < 1);

    private readonly Option<FilePolicy?> _policy = PolicyOption.Create(acceptsStrict: true);
    private readonly Option<int?> _epochs = NumberOption.Count(
        "--epochs", $"How often every picture is seen. [default: {TrainSettings.DefaultEpochs}]");

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
    private readonly Option<string?> _output = PathOption.Create(ConfigArguments.Output, "FILE", "The file of weights to write.", TrainCommand.DefaultOutput);
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

    private TrainOptions()
    {
    }

    /// <summary>How many threads compute.</summary>
    public Option<int?> Threads => _threads;

    /// <summary>Adds the options to a command, which refuses those that do not go together.</summary>
    public static TrainOptions AddTo(Command command)
    {
        var options = new TrainOptions();
        Option[] all =
        [
            options._data, options._drawings, options._validationData, options._validationSplit, options._policy, options._epochs, options._batchSize,
            options._learningRate, options._alpha, options._gamma, options._l1, options._l2, options._augment, options._dropout, options._seed,
            options._shuffle, options._limit, options._output, options._run, options._saveFreq, options._jitCompile, options._resume, options._overwrite,
            options._threads, options._json,
        ];
        foreach (Option option in all)
            command.Add(option);
        command.Validators.Add(options.CheckTogether);
        return options;
    }

    /// <summary>What was given, and the defaults of the rest.</summary>
    public TrainSettings Read(ParseResult arguments) => new()
    {
        Data = arguments.GetValue(_data),
        Drawings = arguments.GetValue(_drawings)!,
        ValidationData = arguments.GetValue(_validationData),
        ValidationSplit = arguments.GetValue(_validationSplit),
        Policy = arguments.GetValue(_policy)!.Value,
        Epochs = arguments.GetValue(_epochs),
        BatchSize = arguments.GetValue(_batchSize)!.Value,
        LearningRate = arguments.GetValue(_learningRate)!.Value,
        Alpha = arguments.GetValue(_alpha)!.Value,
        Gamma = arguments.GetValue(_gamma)!.Value,
        L1 = arguments.GetValue(_l1)!.Value,
        L2 = arguments.GetValue(_l2)!.Value,
        Augment = arguments.GetValue(_augment),
        Dropout = arguments.GetValue(_dropout)!.Value,
        Seed = arguments.GetValue(_seed)!.Value,
        Shuffle = arguments.GetValue(_shuffle)!.Value,
        Limit = arguments.GetValue(_limit),
        Output = arguments.GetValue(_output)!,
        RunDirectory = arguments.GetValue(_run),
        SaveFreq = arguments.GetValue(_saveFreq),
        JitCompile = arguments.GetValue(_jitCompile),
        Resume = arguments.GetValue(_resume),
        Overwrite = arguments.GetValue(_overwrite),
        Threads = arguments.GetValue(_threads),
        Json = arguments.GetValue(_json),
    };

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
}
