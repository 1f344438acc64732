using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Data;
using Numerics.Distributed;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs.Commands;
using Numerics.Samples.CatsVsDogs.Pictures;
using Numerics.Samples.CatsVsDogs.Progress;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Runs;

/// <summary>One training, from pictures to a report, of one process or of several together.</summary>
/// <param name="settings">What is asked for.</param>
/// <param name="terminal">Where results and errors go.</param>
/// <param name="shown">Where progress goes.</param>
/// <param name="group">The processes.</param>
/// <param name="placement">Where this one runs.</param>
/// <param name="strategy">How the processes train together; null for one process and one part.</param>
internal sealed class TrainingJob(
    TrainSettings settings, Terminal terminal, Terminal shown, ProcessGroup group, NodePlacement placement, DataParallel? strategy)
{
    private readonly RunFolder _run = settings.Run;

    private bool IsFirst => group.Rank == 0;

    /// <summary>Trains, writes weights and report, and says what came of it.</summary>
    /// <param name="cancellationToken">Stops between two steps; a checkpoint is written then.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserException">The run cannot be begun, or the weights are not finite any more.</exception>
    public int Run(CancellationToken cancellationToken)
    {
        if (IsFirst)
            OutputFile.CheckWritable(settings.Output, ConfigArguments.Output);
        RandomGenerator.SetSeed(settings.Seed);
        CheckRun();
        TrainingPictures pictures = OpenTogether(cancellationToken);
        var batches = new TrainingBatches(pictures, settings.Limit, settings.BatchSize, settings.Shuffle, settings.Seed);
        using Sequential model = CreateModel();
        WriteBeginning(model, batches);
        JsonObject config = settings.ToConfig(strategy?.Shards);
        var backup = new BackupAndRestore(_run.Checkpoints, settings.SaveFreq, deleteCheckpoint: false);
        if (IsFirst)
            BeginRun(backup, config);
        var finite = new TerminateOnNaN();
        History history = Train(model, batches, finite, backup, cancellationToken);
        if (!IsFirst)
            return finite.StoppedAt is null ? ExitCode.Success : ExitCode.Failure;

        DamageReport.Write(shown.Out, pictures.All);
        CheckFinite(model, finite, backup);
        cancellationToken.ThrowIfCancellationRequested();
        var report = new TrainingReport(settings, terminal, shown, pictures, batches, history);
        report.Write(model, config, cancellationToken);
        backup.DeleteCheckpoints();
        report.WriteSummary();
        return ExitCode.Success;
    }

    private void CheckRun()
    {
        if (settings.Resume)
        {
            if (!_run.IsUnfinished && File.Exists(_run.Model))
                throw new UserException($"{_run.Path}: the run is finished, there is nothing to resume");
        }
        else if (_run.IsUnfinished && !settings.Overwrite)
        {
            throw new UserException($"{_run.Path}: holds an unfinished run; --resume goes on with it, --overwrite begins anew");
        }
    }

    // Of the processes of a machine the first one draws what is not there yet.
    private TrainingPictures OpenTogether(CancellationToken cancellationToken)
    {
        TrainingPictures? pictures = placement.LocalRank == 0 ? OpenPictures(cancellationToken) : null;
        group.Barrier();
        return pictures ?? OpenPictures(cancellationToken);
    }

    private TrainingPictures OpenPictures(CancellationToken cancellationToken)
    {
        if (settings.Data is not { } folder)
            return TrainingPictures.OfDrawings(settings.Drawings, settings.Seed, shown.Out, cancellationToken);
        return settings.ValidationData is { } heldOut
            ? TrainingPictures.OfFolders(folder, heldOut, settings.Seed, settings.Policy)
            : TrainingPictures.OfFolder(folder, settings.ValidationSplit ?? TrainSettings.DefaultSplit, settings.Seed, settings.Policy);
    }

    private Sequential CreateModel()
    {
        Sequential model = Network.Create(isAugmented: settings.Augment, dropout: settings.Dropout);
        Network.Compile(model, settings.LearningRate, settings.Alpha, settings.Gamma, settings.L1, settings.L2, settings.JitCompile);
        model.Strategy = strategy;
        return model;
    }

    private void WriteBeginning(Sequential model, TrainingBatches batches)
    {
        model.Summary(shown.Out);
        Backend backend = Backend.Default;
        shown.Out.WriteLine($"training on {batches.Pictures.Cardinality:N0} pictures; {backend.Name}: {backend.Description}");
        if (strategy is not null)
            shown.Out.WriteLine($"{strategy.Shards} parts of each batch; {group.Description}");
    }

    private void BeginRun(BackupAndRestore backup, JsonObject config)
    {
        OutputFolder.Create(_run.Path, ConfigArguments.RunDirectory);
        if (settings.Resume)
            return;
        backup.DeleteCheckpoints();
        WholeFile.Write(_run.Config, Encoding.UTF8.GetBytes(config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n"));
    }

    private History Train(Sequential model, TrainingBatches batches, TerminateOnNaN finite, BackupAndRestore backup, CancellationToken cancellationToken)
    {
        int epochs = settings.AllEpochs;
        TrainingDisplay display = TrainingDisplay.Create(shown);
        var reporter = new ProgressReporter(display, epochs, batches.Training, settings.BatchSize);
        History? history = null;
        try
        {
            display.Show(() => history = model.Fit(
                batches.Training, epochs, batches.Test, IsFirst ? [finite, reporter, new HistoryFile(_run.History), backup] : [finite], verbose: 0,
                cancellationToken: cancellationToken));
        }
        catch (OperationCanceledException) when (backup.LastPath is not null)
        {
            terminal.Error.WriteLine($"state written to {backup.LastPath}; to go on: catsvsdogs train {ConfigArguments.Resume} {ConfigArguments.RunDirectory} {_run.Path}");
            throw;
        }

        return history!;
    }

    private static void CheckFinite(Sequential model, TerminateOnNaN finite, BackupAndRestore backup)
    {
        if (finite.StoppedAt is var (epoch, batch))
            throw Diverged(backup, $"the loss is not a finite number any more, from epoch {epoch + 1}, step {batch + 1} on");

        // The last step changed the weights after its loss was computed.
        if (model.Variables.FirstOrDefault(variable => !variable.Value.ToArray().All(float.IsFinite)) is { } broken)
            throw Diverged(backup, $"the weights '{broken.Name}' are not finite numbers any more");
    }

    private static UserException Diverged(BackupAndRestore backup, string what)
    {
        backup.DeleteCheckpoints();
        return new UserException($"{what}; no weights written. A smaller --learning-rate may help");
    }
}
