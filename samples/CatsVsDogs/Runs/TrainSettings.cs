using System.Text.Json.Nodes;
using Numerics.Data;

namespace Numerics.Samples.CatsVsDogs.Runs;

/// <summary>What a training is asked for: the values of <c>train</c>'s options, null where one without a default is not given.</summary>
internal sealed record TrainSettings
{
    /// <summary>The part of the photographs set aside to test on where none is given.</summary>
    public const double DefaultSplit = 0.2;

    private const int EpochsOnPhotographs = 10;
    private const int EpochsOnDrawings = 6;

    public required string? Data { get; init; }

    public required string Drawings { get; init; }

    public required string? ValidationData { get; init; }

    public required double? ValidationSplit { get; init; }

    public required FilePolicy Policy { get; init; }

    public required int? Epochs { get; init; }

    public required int BatchSize { get; init; }

    public required float LearningRate { get; init; }

    public required float Alpha { get; init; }

    public required float Gamma { get; init; }

    public required float L1 { get; init; }

    public required float L2 { get; init; }

    public required bool Augment { get; init; }

    public required float Dropout { get; init; }

    public required ulong Seed { get; init; }

    public required int Shuffle { get; init; }

    public required int? Limit { get; init; }

    public required string Output { get; init; }

    public required string? RunDirectory { get; init; }

    public required int? SaveFreq { get; init; }

    public required bool JitCompile { get; init; }

    public required bool Resume { get; init; }

    public required bool Overwrite { get; init; }

    public required int? Threads { get; init; }

    public required bool Json { get; init; }

    /// <summary>How often every picture is seen where nothing is said, for help.</summary>
    public static string DefaultEpochs => $"{EpochsOnPhotographs}, for drawings {EpochsOnDrawings}";

    /// <summary>Whether there are no photographs.</summary>
    public bool AreDrawings => Data is null;

    /// <summary>How often every picture is seen.</summary>
    public int AllEpochs => Epochs ?? (AreDrawings ? EpochsOnDrawings : EpochsOnPhotographs);

    /// <summary>Where the run's files go.</summary>
    public RunFolder Run => new(RunDirectory ?? RunFolder.DefaultFor(Output));

    /// <summary>The options under their names, for <c>--config</c> and <c>--resume</c>; what goes without saying is left out.</summary>
    /// <param name="shards">Into how many parts each batch is cut; null for one process and one part.</param>
    public JsonObject ToConfig(int? shards)
    {
        var config = new JsonObject
        {
            ["data"] = Full(Data),
            ["drawings"] = AreDrawings ? Full(Drawings) : null,
            ["validation-data"] = Full(ValidationData),
            ["validation-split"] = ValidationSplit,
            ["policy"] = AreDrawings ? null : Policy.ToString().ToLowerInvariant(),
            ["epochs"] = Epochs,
            ["batch-size"] = BatchSize,
            ["learning-rate"] = LearningRate,
            ["alpha"] = Alpha,
            ["gamma"] = Gamma,
            ["l1"] = L1,
            ["l2"] = L2,
            ["augment"] = Augment ? true : null,
            ["dropout"] = Dropout > 0 ? Dropout : null,
            ["seed"] = Seed,
            ["shuffle"] = Shuffle,
            ["limit"] = Limit,
            ["save-freq"] = SaveFreq,
            ["jit-compile"] = JitCompile ? true : null,
            ["threads"] = Threads,
            ["shards"] = shards,
            ["output"] = Full(Output),
            ["run-dir"] = Full(Run.Path),
        };
        foreach (string name in config.Where(option => option.Value is null).Select(option => option.Key).ToArray())
            _ = config.Remove(name);
        return config;

        static string? Full(string? path) => path is null ? null : Path.GetFullPath(path);
    }
}
