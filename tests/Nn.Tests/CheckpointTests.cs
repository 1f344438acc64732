using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Runs that are interrupted and go on.</summary>
[Collection(SeededTests.Name)]
public sealed class CheckpointTests : IDisposable
{
    private const int Epochs = 4;
    private static readonly NDArray s_x = RandomArrays.Signed((50, 3));
    private static readonly NDArray s_y = RandomArrays.Signed((50, 2));

    private readonly string _folder = Directory.CreateTempSubdirectory("checkpoints").FullName;

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    public static TheoryData<int, int> Moments
    {
        get
        {
            var data = new TheoryData<int, int>();
            for (int i = 1; i < 24; i++)
                data.Add(i, 1 + (i % 3));
            return data;
        }
    }

    // Six steps an epoch: every step is a moment to be interrupted at, the last ones of epochs among them.
    [Theory]
    [MemberData(nameof(Moments))]
    public void An_interrupted_run_ends_with_the_weights_of_one_that_was_not(int steps, int saveFreq)
    {
        (float[] expected, History whole) = Train(new Settings { SaveFreq = saveFreq });
        Assert.Equal(Epochs, whole.Epoch.Count);
        _ = Train(new Settings { SaveFreq = saveFreq, Backup = _folder, StopAfter = steps });
        Assert.NotEmpty(Directory.GetFiles(_folder));
        (float[] actual, History history) = Train(new Settings { SaveFreq = saveFreq, Backup = _folder });
        Assert.Equal(expected, actual);
        Assert.Equal(whole.Epoch, history.Epoch);
        Assert.Equal(whole.Names, history.Names);
        foreach (string name in whole.Names)
            Assert.Equal(whole[name], history[name]);
        Assert.Empty(Directory.Exists(_folder) ? Directory.GetFiles(_folder) : []);
    }

    // No cancellation, which saves: an exception is as good as a kill.
    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(23)]
    public void A_run_that_crashes_goes_on_from_its_last_checkpoint(int steps)
    {
        (float[] expected, _) = Train(new Settings { SaveFreq = 2 });
        _ = Train(new Settings { SaveFreq = 2, Backup = _folder, CrashAfter = steps });
        Assert.Equal(expected, Train(new Settings { SaveFreq = 2, Backup = _folder }).Weights);
    }

    [Fact]
    public void A_run_that_is_interrupted_in_a_validation_does_not_train_the_epoch_again()
    {
        (float[] expected, History whole) = Train(new Settings());
        _ = Train(new Settings { Backup = _folder, StopInTest = 3 });
        (float[] actual, History history) = Train(new Settings { Backup = _folder });
        Assert.Equal(expected, actual);
        Assert.Equal(whole["loss"], history["loss"]);
        Assert.Equal(whole["val_mean_absolute_error"], history["val_mean_absolute_error"]);
    }

    [Fact]
    public void A_run_that_is_interrupted_before_the_first_step_of_an_epoch_goes_on_in_it()
    {
        (float[] expected, _) = Train(new Settings());
        foreach (int epoch in new[] { 0, 2 })
        {
            _ = Train(new Settings { Backup = _folder, StopAtEpoch = epoch });
            Assert.Equal(expected, Train(new Settings { Backup = _folder }).Weights);
        }
    }

    [Fact]
    public void Data_that_can_tell_its_position_goes_on_there()
    {
        (float[] expected, _) = Train(new Settings { Resumable = true });
        foreach (int steps in new[] { 3, 6, 14 })
        {
            _ = Train(new Settings { Resumable = true, Backup = _folder, StopAfter = steps });
            Assert.Equal(expected, Train(new Settings { Resumable = true, Backup = _folder }).Weights);
        }

        _ = Train(new Settings { Resumable = true, Backup = _folder, StopAtEpoch = 2 });
        Assert.Equal(expected, Train(new Settings { Resumable = true, Backup = _folder }).Weights);
    }

    [Fact]
    public void Accumulated_gradients_averages_and_schedules_go_on()
    {
        static Optimizer Create() => new RMSprop(new CosineDecay(0.01, 40)) { GradientAccumulationSteps = 3, UseEma = true, EmaMomentum = 0.7f, ClipNorm = 0.5f };
        (float[] expected, _) = Train(new Settings { Scheduled = true, Optimizer = Create });
        _ = Train(new Settings { Scheduled = true, Optimizer = Create, Backup = _folder, StopAfter = 11 });
        Assert.Equal(expected, Train(new Settings { Scheduled = true, Optimizer = Create, Backup = _folder }).Weights);
    }

    [Fact]
    public void Epochs_of_fixed_length_go_on_in_the_data()
    {
        (float[] expected, _) = Train(new Settings { StepsPerEpoch = 3 });
        _ = Train(new Settings { StepsPerEpoch = 3, Backup = _folder, StopAfter = 8 });
        Assert.Equal(expected, Train(new Settings { StepsPerEpoch = 3, Backup = _folder }).Weights);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_damaged_checkpoint_is_refused_by_name_and_the_one_before_is_used(bool truncate)
    {
        (float[] expected, _) = Train(new Settings());
        _ = Train(new Settings { SaveFreq = 1, Backup = _folder, StopAfter = 10 });
        string[] files = [.. Directory.GetFiles(_folder).Order()];
        Assert.Equal(2, files.Length);
        byte[] bytes = File.ReadAllBytes(files[1]);
        if (truncate)
            bytes = bytes[..^5];
        else
            bytes[^3] ^= 1;
        File.WriteAllBytes(files[1], bytes);
        float[] actual = [];
        (_, string error) = ConsoleText.Of(() => actual = Train(new Settings { Backup = _folder }).Weights);
        Assert.Equal(expected, actual);
        Assert.Contains(files[1], error, StringComparison.Ordinal);
        Assert.Contains("going on from the checkpoint before it", error, StringComparison.Ordinal);
    }

    /// <summary>The hash does not depend on the order of the tensors in the file, which was another once.</summary>
    [Fact]
    public void A_checkpoint_with_its_tensors_in_another_order_is_read()
    {
        (float[] expected, _) = Train(new Settings());
        _ = Train(new Settings { Backup = _folder, StopAfter = 8 });
        string[] paths = Directory.GetFiles(_folder);
        Assert.NotEmpty(paths);
        foreach (string path in paths)
        {
            SafetensorsFile file = SafetensorsFile.Load(path);
            SafetensorsFile.Save(path, file.Tensors.Reverse(), file.Metadata);
            Assert.NotEqual(file.Tensors.Keys, SafetensorsFile.Load(path).Tensors.Keys);
        }

        Assert.Equal(expected, Train(new Settings { Backup = _folder }).Weights);
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_refused()
    {
        _ = Train(new Settings { Backup = _folder, StopAfter = 3 });
        using var model = new Sequential { new Input(3), new Dense(2) };
        model.Compile(new Adam(), new MeanSquaredError());
        float[] before = model.Variables[0].Value.ToArray();
        string message = Assert.Throws<InvalidDataException>(() => model.Fit(s_x, s_y, callbacks: [new BackupAndRestore(_folder)], verbose: 0)).Message;
        Assert.Contains("another model", message, StringComparison.Ordinal);
        Assert.Equal(before, model.Variables[0].Value.ToArray());
    }

    [Fact]
    public void Old_and_half_written_checkpoints_are_removed()
    {
        string half = Path.Combine(_folder, "checkpoint-000000-00000001.safetensors.0123.tmp");
        File.WriteAllText(half, "half");
        _ = Train(new Settings { SaveFreq = 1, Backup = _folder, StopAfter = 12 });
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
        Assert.False(File.Exists(half));
    }

    private static (float[] Weights, History History) Train(Settings settings)
    {
        RandomGenerator.SetSeed(6);
        using var model = new Sequential
        {
            new Input(3), new Dense(8, "relu"), new BatchNormalization(), new Dropout(0.3f), new Dropout(0.1f, seed: 4),
            new Reshape((2, 2, 2)), new RandomFlip(seed: 5), new Flatten(), new Dense(2),
        };
        model.Compile(settings.Optimizer(), new MeanSquaredError(), [new MeanAbsoluteError()]);
        var callbacks = new List<Callback> { new ReduceLROnPlateau("loss", 0.5, patience: 1, minDelta: 0.5), new EarlyStopping("loss", patience: 50, restoreBestWeights: true) };
        if (settings.Scheduled)
            callbacks.RemoveAt(0);
        using var source = new CancellationTokenSource();
        int steps = 0, tests = 0;
        callbacks.Add(new AtTest(() =>
        {
            if (++tests == settings.StopInTest)
                source.Cancel();
        }));
        callbacks.Add(new LambdaCallback(
            onEpochBegin: epoch =>
        {
            if (epoch == settings.StopAtEpoch)
                source.Cancel();
        },
            onTrainBatchEnd: (_, _) =>
        {
            steps++;
            if (steps == settings.StopAfter)
                source.Cancel();
            if (steps == settings.CrashAfter)
                throw new TimeoutException();
        }));
        if (settings.Backup is { } folder)
            callbacks.Insert(0, new BackupAndRestore(folder, settings.SaveFreq));
        var history = new History();
        try
        {
            history = settings.Resumable
                ? model.Fit(new Rotations(), Epochs, callbacks: callbacks, verbose: 0, cancellationToken: source.Token)
                : model.Fit(
                s_x, s_y, batchSize: 8, epochs: Epochs, validationSplit: 0.1, callbacks: callbacks, verbose: 0,
                stepsPerEpoch: settings.StepsPerEpoch, cancellationToken: source.Token);
        }
        catch (OperationCanceledException) when (settings.StopAfter is not null || settings.StopInTest is not null || settings.StopAtEpoch is not null)
        {
        }
        catch (TimeoutException) when (settings.CrashAfter is not null)
        {
        }

        return ([.. model.Variables.SelectMany(variable => variable.Value.ToArray())], history);
    }

    /// <summary>Six batches, begun at another one in each epoch.</summary>
    private sealed class Rotations : IResumableDataSource
    {
        private DataPosition _next;

        public int? Cardinality => 6;

        public DataPosition Position { get; set; }

        DataPosition IResumableDataSource.Position
        {
            get => Position;
            set => Position = _next = value;
        }

        public IEnumerator<DataItem> GetEnumerator()
        {
            Position = _next;
            _next = new DataPosition(Position.Epoch + 1, 0);
            return Items(Position);
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        private IEnumerator<DataItem> Items(DataPosition start)
        {
            for (long i = start.Items; i < 6; i++)
            {
                int first = (int)((i + start.Epoch) % 6) * 8;
                Position = new DataPosition(start.Epoch, i + 1);
                yield return new DataItem(s_x.Slice(first, 8), s_y.Slice(first, 8));
            }

            Position = new DataPosition(start.Epoch + 1, 0);
        }
    }

    private sealed class AtTest(Action action) : Callback
    {
        public override void OnTestBegin() => action();
    }

    private sealed record Settings
    {
        public Func<Optimizer> Optimizer { get; init; } = () => new Adam(0.01f);

        public bool Scheduled { get; init; }

        public string? Backup { get; init; }

        public int? SaveFreq { get; init; }

        public int? StopAfter { get; init; }

        public int? CrashAfter { get; init; }

        public int? StopInTest { get; init; }

        public int? StopAtEpoch { get; init; }

        public bool Resumable { get; init; }

        public int? StepsPerEpoch { get; init; }
    }
}
