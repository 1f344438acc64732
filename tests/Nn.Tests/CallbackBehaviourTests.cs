using System.Globalization;
using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>What callbacks do to a training, and what they leave behind.</summary>
[Collection(SeededTests.Name)]
public sealed class CallbackBehaviourTests : IDisposable
{
    private static readonly NDArray s_x = new float[,] { { 1 }, { 1 }, { 1 } };
    private static readonly NDArray s_y = new float[,] { { 2 }, { 2 }, { 2 } };

    private readonly string _folder = Directory.CreateTempSubdirectory("callbacks").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Training with a step size of 0 leaves all to the callback under test: losses are what a script says.
    [Fact]
    public void EarlyStopping_with_a_baseline_ends_unless_it_is_beaten()
    {
        var stop = new EarlyStopping("loss", patience: 2, baseline: 1);
        Assert.Equal(4, Run([5, 4, 3, 3.5, 3.4], stop).Count);
        Assert.Equal(3, stop.StoppedEpoch);
        Assert.Equal(2, stop.BestEpoch);
        Assert.Equal(6, Run([5, 0.5, 0.4, 0.3, 0.35, 0.36, 0.37], new EarlyStopping("loss", patience: 2, baseline: 1)).Count);
    }

    [Fact]
    public void EarlyStopping_looks_at_nothing_before_its_first_epoch()
    {
        Assert.Equal(5, Run([1, 2, 3, 4, 5, 6], new EarlyStopping("loss", startFromEpoch: 3)).Count);
        Assert.Equal(2, Run([1, 2, 3, 4, 5, 6], new EarlyStopping("loss")).Count);
        Assert.Equal(3, Run([1, 0.95, 0.94, 0.94], new EarlyStopping("loss", minDelta: 0.1, patience: 2)).Count);
    }

    [Fact]
    public void EarlyStopping_says_so()
    {
        string text = ConsoleText.Of(() => Run([1, 2, 3], new EarlyStopping("loss", verbose: 1, restoreBestWeights: true))).Out;
        Assert.Equal("Epoch 2: early stopping\nRestoring model weights from the end of the best epoch: 1.\n", text);
    }

    [Fact]
    public void A_missing_monitor_is_a_warning_with_the_names_that_exist()
    {
        var stop = new EarlyStopping();
        (_, string error) = ConsoleText.Of(() => Assert.Equal(3, Run([1, 2, 3], stop).Count));
        Assert.Equal("warning: EarlyStopping watches 'val_loss', which is not available. Available are: loss\n", error);
        (_, error) = ConsoleText.Of(() => Run([1, 2], new ReduceLROnPlateau("accuracy")));
        Assert.Equal("warning: ReduceLROnPlateau watches 'accuracy', which is not available. Available are: loss, learning_rate\n", error);
    }

    [Fact]
    public void The_type_of_a_metric_tells_which_values_are_better()
    {
        using var model = new Sequential { new Input(1), new Dense(1) };
        model.Compile(new SGD(0), new MeanSquaredError(), [new BinaryAccuracy(name: "hits"), new MeanAbsoluteError(), new Mean("average")]);
        int Epochs(string monitor)
        {
            var script = new Script(monitor, [1, 2, 3, 2, 1, 0]);
            return model.Fit(s_x, s_y, epochs: 6, callbacks: [script, new EarlyStopping(monitor)], verbose: 0).Epoch.Count;
        }

        Assert.Equal(4, Epochs("hits"));
        Assert.Equal(2, Epochs("mean_absolute_error"));
        Assert.Contains("MonitorMode", Assert.Throws<InvalidOperationException>(() => Epochs("average")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReduceLROnPlateau_lowers_the_rate_and_waits()
    {
        var reduce = new ReduceLROnPlateau("loss", factor: 0.5, patience: 2, cooldown: 1, minLr: 0.2, verbose: 1);
        History? history = null;
        string text = ConsoleText.Of(() => history = Fit([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], new SGD(1), reduce)).Out;

        // The logs have the rate that the epoch was trained with. Epochs 1 and 2 are no better: halved after the third epoch; the
        // cooldown ends with the epoch behind it, which counts again.
        Assert.Equal([1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2], history!["learning_rate"], (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Contains("\nEpoch 3: ReduceLROnPlateau reducing learning rate to 0.5.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void LearningRateScheduler_sets_the_rate_of_each_epoch()
    {
        // The example of Keras' documentation: constant for ten epochs, then decayed.
        float Schedule(int epoch, float rate) => epoch < 10 ? rate : rate * MathF.Exp(-0.1f);
        History history = Fit([.. Enumerable.Repeat(1.0, 15)], new SGD(0.01f), new LearningRateScheduler(Schedule));
        Assert.Equal(0.01, history["learning_rate"][9], 1e-8);
        Assert.Equal(0.00607, history["learning_rate"][14], 1e-5);
        Assert.Equal(
            "\nEpoch 1: LearningRateScheduler setting learning rate to 0.25.\n",
            ConsoleText.Of(() => Fit([1], new SGD(0.5f), new LearningRateScheduler((_, rate) => rate / 2, verbose: 1))).Out);
    }

    [Fact]
    public void CSVLogger_writes_columns_in_order_and_appends_what_fits()
    {
        string path = Path.Combine(_folder, "log.csv");
        using (var logger = new CSVLogger(path))
            _ = Fit([3, 2.5], new SGD(0), logger);
        Assert.Equal("epoch,loss,val_loss\n0,3,NA\n1,2.5,NA\n", File.ReadAllText(path));
        using (var logger = new CSVLogger(path, append: true))
            _ = Fit([1], new SGD(0), logger);
        Assert.Equal("epoch,loss,val_loss\n0,3,NA\n1,2.5,NA\n0,1,NA\n", File.ReadAllText(path));
        using (var logger = new CSVLogger(path, separator: ";"))
        {
            using Sequential model = Linear(new SGD(0));
            _ = model.Fit(s_x, s_y, epochs: 2, validationData: (s_x, s_y), validationFreq: 2, callbacks: [logger, new LearningRateScheduler((_, rate) => rate)], verbose: 0);
        }

        // Keras takes the columns from the first epoch, too.
        Assert.Equal("epoch;loss;val_loss\n0;4;NA\n1;4;4\n", File.ReadAllText(path));
    }

    [Fact]
    public void ModelCheckpoint_fills_in_its_path_and_saves_weights()
    {
        string path = Path.Combine(_folder, "deep", "weights-{epoch:02d}-{loss:.2f}.safetensors");
        var checkpoint = new ModelCheckpoint(path);
        _ = Fit([3, 2.346], new SGD(0), checkpoint);
        Assert.Equal(["weights-01-3.00.safetensors", "weights-02-2.35.safetensors"], Directory.GetFiles(Path.Combine(_folder, "deep")).Select(Path.GetFileName).Order());
        using Sequential model = Linear(new SGD());
        model.LoadWeights(checkpoint.LastPath!);
        Assert.Contains("val_loss", Assert.Throws<InvalidOperationException>(() => Fit([1], new SGD(0), new ModelCheckpoint(Path.Combine(_folder, "{val_loss}")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ModelCheckpoint_saves_the_best_only()
    {
        string path = Path.Combine(_folder, "best-{epoch}.safetensors");
        string text = ConsoleText.Of(() => Fit([3, 4, 2, 2.5], new SGD(0), new ModelCheckpoint(path, "loss", verbose: 1, saveBestOnly: true))).Out;
        Assert.Equal(["best-1.safetensors", "best-3.safetensors"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        Assert.Contains("Epoch 1: loss improved from None to 3.00000, saving model to", text, StringComparison.Ordinal);
        Assert.Contains("Epoch 2: loss did not improve from 3.00000", text, StringComparison.Ordinal);
        _ = Fit([3, 1], new SGD(0), new ModelCheckpoint(Path.Combine(_folder, "t-{epoch}"), "loss", saveBestOnly: true, initialValueThreshold: 2));
        Assert.Equal(["t-2"], Directory.GetFiles(_folder, "t-*").Select(Path.GetFileName));
    }

    [Fact]
    public void ModelCheckpoint_saves_every_few_steps_across_epochs()
    {
        using Sequential model = Linear(new SGD(0));
        var saved = new List<string>();
        var checkpoint = new ModelCheckpoint("{epoch}-{batch}", saveFreq: 2, save: (_, path) => saved.Add(path));
        _ = model.Fit(s_x, s_y, batchSize: 1, epochs: 3, callbacks: [checkpoint], verbose: 0);
        Assert.Equal(["1-2", "2-1", "2-3", "3-2"], saved);
    }

    [Fact]
    public void Steps_taken_in_a_row_count_as_many_as_they_are()
    {
        using Sequential model = Linear(new SGD(0));
        model.Compile(new SGD(0), new MeanSquaredError(), stepsPerExecution: 2);
        var saved = new List<string>();
        var checkpoint = new ModelCheckpoint("{epoch}-{batch}", saveFreq: 4, save: (_, path) => saved.Add(path));
        _ = model.Fit(s_x, s_y, batchSize: 1, epochs: 3, callbacks: [checkpoint], verbose: 0);
        Assert.Equal(["2-2", "3-3"], saved);
    }

    [Fact]
    public void ModelCheckpoint_remembers_the_best_from_one_training_to_the_next()
    {
        using Sequential model = Linear(new SGD(0));
        var saved = new List<string>();
        var checkpoint = new ModelCheckpoint("{loss:.1f}", "loss", saveBestOnly: true, save: (_, path) => saved.Add(path));
        foreach (double[] losses in new double[][] { [3, 2], [2.5, 1] })
            _ = model.Fit(s_x, s_y, epochs: 2, callbacks: [new Script("loss", losses), checkpoint], verbose: 0);
        Assert.Equal(["3.0", "2.0", "1.0"], saved);
    }

    [Fact]
    public void LambdaCallback_sees_every_moment()
    {
        var seen = new List<string>();
        var callback = new LambdaCallback(
            epoch => seen.Add($"epoch {epoch}"), (epoch, logs) => seen.Add($"end {epoch} {logs["loss"]}"), () => seen.Add("begin"),
            () => seen.Add("end"), batch => seen.Add($"batch {batch}"), (batch, _) => seen.Add($"done {batch}"));
        using Sequential model = Linear(new SGD(0));
        _ = model.Fit(s_x, s_y, batchSize: 2, callbacks: [callback], verbose: 0);
        Assert.Equal(["begin", "epoch 0", "batch 0", "done 0", "batch 1", "done 1", "end 0 4", "end"], seen);
    }

    [Fact]
    public void Prediction_and_evaluation_have_callbacks_too()
    {
        using Sequential model = Linear(new SGD(0));
        var journal = new Journal();
        _ = model.Predict(s_x, batchSize: 2, callbacks: [journal]);
        Assert.Equal(["predict", "batch 0", "output 0 [2, 1]", "batch 1", "output 1 [1, 1]", "predicted"], journal.Lines);
        journal.Lines.Clear();
        _ = model.Evaluate(s_x, s_y, batchSize: 2, callbacks: [journal]);
        Assert.Equal(["test", "test 0", "tested 0", "test 1", "tested 1", "tested"], journal.Lines);
    }

    [Fact]
    public void The_bar_is_that_of_Keras()
    {
        var clock = new Clock();
        using var text = new StringWriter { NewLine = "\n" };
        var bar = new ProgbarLogger(1, text, isTerminal: true, clock) { Epochs = 2, Steps = () => 60 };
        var logs = new Dictionary<string, double> { ["accuracy"] = 0.5, ["loss"] = 0.0005 };
        bar.OnTrainBegin();
        bar.OnEpochBegin(0);
        clock.Advance(2);
        bar.OnTrainBatchEnd(0, logs);
        clock.Advance(1.5);
        bar.OnTrainBatchEnd(14, logs);
        clock.Advance(4.4);
        bar.OnTrainBatchEnd(59, logs);
        bar.OnEpochEnd(0, new Dictionary<string, double>(logs) { ["val_loss"] = 1.25 });
        string[] lines = text.ToString().Split('\r', '\n');
        Assert.Equal("Epoch 1/2", lines[0]);
        Assert.Equal("\e[1m 1/60\e[0m \e[37m━━━━━━━━━━━━━━━━━━━━\e[0m \e[1m1:58\e[0m 2s/step - accuracy: 0.5000 - loss: 5.0000e-04", lines[2]);
        Assert.Equal("\e[1m15/60\e[0m \e[32m━━━━━\e[0m\e[37m━━━━━━━━━━━━━━━\e[0m \e[1m4s\e[0m 107ms/step - accuracy: 0.5000 - loss: 5.0000e-04", lines[3].TrimEnd());
        Assert.Equal("\e[1m60/60\e[0m \e[32m━━━━━━━━━━━━━━━━━━━━\e[0m\e[37m\e[0m \e[1m8s\e[0m 100ms/step - accuracy: 0.5000 - loss: 5.0000e-04 - val_loss: 1.2500", lines[^2]);
    }

    [Fact]
    public void A_bar_that_gets_shorter_leaves_nothing_behind()
    {
        var clock = new Clock();
        using var text = new StringWriter();
        var bar = new ProgbarLogger(1, text, isTerminal: true, clock) { Steps = () => 3 };
        bar.OnTrainBegin();
        bar.OnEpochBegin(0);
        clock.Advance(100);
        bar.OnTrainBatchEnd(0, new Dictionary<string, double> { ["loss"] = 12345.5 });
        clock.Advance(1);
        bar.OnTrainBatchEnd(1, new Dictionary<string, double> { ["loss"] = 1 });
        string[] drawn = [.. text.ToString().Split('\r').Skip(1).Select(line => System.Text.RegularExpressions.Regex.Replace(line, "\e\\[[0-9]+m", ""))];
        Assert.Equal(drawn[0].Length, drawn[1].Length);
        Assert.EndsWith("  ", drawn[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "^$")]
    [InlineData(1, @"^Epoch 1/2\n2/2 \d+s \d+(us|ms)/step - loss: 4\.0000\nEpoch 2/2\n2/2 .*\n$")]
    [InlineData(2, @"^Epoch 1/2\n2/2 - \d+s - \d+(us|ms)/step - loss: 4\.0000\nEpoch 2/2\n2/2 - .*\n$")]
    public void Progress_is_a_line_an_epoch_where_there_is_no_terminal(int verbose, string expected)
    {
        using Sequential model = Linear(new SGD(0));
        string text = ConsoleText.Of(() => model.Fit(s_x, s_y, batchSize: 2, epochs: 2, verbose: verbose)).Out;
        Assert.Matches(expected, text);
        text = ConsoleText.Of(() => model.Evaluate(s_x, s_y, batchSize: 2, verbose: 1)).Out;
        Assert.Matches(@"^2/2 \d+s \d+(us|ms)/step - loss: 4\.0000\n$", text);
    }

    private static IReadOnlyList<int> Run(double[] losses, Callback callback) => Fit(losses, new SGD(0), callback).Epoch;

    private static History Fit(double[] losses, Optimizer optimizer, Callback callback)
    {
        using Sequential model = Linear(optimizer);
        return model.Fit(s_x, s_y, epochs: losses.Length, callbacks: [new Script("loss", losses), callback], verbose: 0);
    }

    private static Sequential Linear(Optimizer optimizer)
    {
        var model = new Sequential { new Input(1), new Dense(1, kernelInitializer: new Zeros()) };
        model.Compile(optimizer, new MeanSquaredError());
        return model;
    }

    /// <summary>Puts given values into the logs.</summary>
    private sealed class Script(string name, double[] values) : Callback
    {
        public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs) =>
            ((IDictionary<string, double>)logs)[name] = values[epoch];
    }

    private sealed class Journal : Callback
    {
        public List<string> Lines { get; } = [];

        public override void OnPredictBegin() => Lines.Add("predict");

        public override void OnPredictEnd() => Lines.Add("predicted");

        public override void OnPredictBatchBegin(int batch) => Lines.Add(string.Create(CultureInfo.InvariantCulture, $"batch {batch}"));

        public override void OnPredictBatchEnd(int batch, IReadOnlyList<NDArray> outputs) => Lines.Add(string.Create(CultureInfo.InvariantCulture, $"output {batch} {outputs[0].Shape}"));

        public override void OnTestBegin() => Lines.Add("test");

        public override void OnTestEnd(IReadOnlyDictionary<string, double> logs) => Lines.Add("tested");

        public override void OnTestBatchBegin(int batch) => Lines.Add(string.Create(CultureInfo.InvariantCulture, $"test {batch}"));

        public override void OnTestBatchEnd(int batch, IReadOnlyDictionary<string, double> logs) => Lines.Add(string.Create(CultureInfo.InvariantCulture, $"tested {batch}"));
    }

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _now;

        public void Advance(double seconds) => _now += (long)(seconds * 1000);
    }
}
