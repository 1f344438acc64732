using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

public sealed class CallbackTests
{
    private static readonly NDArray s_x = new float[,] { { 1 }, { 1 }, { 1 } };
    private static readonly NDArray s_y = new float[,] { { 2 }, { 2 }, { 2 } };

    [Fact]
    public void Callbacks_are_called_in_order()
    {
        using Sequential model = Linear(new SGD(0.1f));
        var journal = new Journal();
        _ = model.Fit(s_x, s_y, batchSize: 2, epochs: 2, validationData: (s_x, s_y), callbacks: [journal], verbose: 0);
        string[] epoch = ["batch 0 begins", "batch 0 ends: loss", "batch 1 begins", "batch 1 ends: loss", "test begins", "test ends: loss"];
        Assert.Equal(
            ["train begins", "epoch 0 begins", .. epoch, "epoch 0 ends: loss, val_loss", "epoch 1 begins", .. epoch, "epoch 1 ends: loss, val_loss", "train ends"],
            journal.Lines);
        Assert.Same(model, journal.Model);
    }

    [Fact]
    public void Training_ends_after_the_batch_with_a_loss_that_is_no_number()
    {
        using Sequential model = Linear(new SGD(float.MaxValue));
        var guard = new TerminateOnNaN();
        History history = model.Fit(s_x, s_y, batchSize: 1, epochs: 5, callbacks: [guard], verbose: 0);
        Assert.Equal((0, 1), guard.StoppedAt);
        Assert.Equal([0], history.Epoch);
        Assert.False(double.IsFinite(history["loss"][0]));
    }

    [Fact]
    public void Early_stopping_waits_and_restores_the_best_weights()
    {
        using Sequential model = Linear(new SGD(0.1f));
        var stop = new EarlyStopping("loss", patience: 2, restoreBestWeights: true);
        float[] best = [];
        var spoil = new LambdaCallback(onEpochEnd: (epoch, _) =>
        {
            if (epoch == 2)
                best = model.Variables[0].Value.ToArray();
            if (epoch >= 2)
                model.Variables[0].Assign(NDArray.From([1, 1], new[] { 100f + (10 * epoch) }));
        });
        History history = model.Fit(s_x, s_y, epochs: 50, callbacks: [stop, spoil], verbose: 0);
        Assert.Equal(2, stop.BestEpoch);
        Assert.Equal(4, stop.StoppedEpoch);
        Assert.Equal([0, 1, 2, 3, 4], history.Epoch);
        Assert.Equal(best, model.Variables[0].Value.ToArray());
    }

    [Fact]
    public void A_history_says_what_it_holds()
    {
        using Sequential model = Linear(new SGD());
        History history = model.Fit(s_x, s_y, verbose: 0);
        Assert.Contains("it holds: loss", Assert.Throws<KeyNotFoundException>(() => history["accuracy"]).Message, StringComparison.Ordinal);
        Assert.False(history.TryGet("accuracy", out _));
    }

    private static Sequential Linear(Optimizer optimizer)
    {
        var model = new Sequential { new Input(1), new Dense(1, kernelInitializer: new Zeros()) };
        model.Compile(optimizer, new MeanSquaredError());
        return model;
    }

    private sealed class Journal : Callback
    {
        public List<string> Lines { get; } = [];

        public override void OnTrainBegin() => Lines.Add("train begins");

        public override void OnTrainEnd() => Lines.Add("train ends");

        public override void OnEpochBegin(int epoch) => Lines.Add($"epoch {epoch} begins");

        public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs) => Lines.Add($"epoch {epoch} ends: {string.Join(", ", logs.Keys)}");

        public override void OnTrainBatchBegin(int batch) => Lines.Add($"batch {batch} begins");

        public override void OnTrainBatchEnd(int batch, IReadOnlyDictionary<string, double> logs) => Lines.Add($"batch {batch} ends: {string.Join(", ", logs.Keys)}");

        public override void OnTestBegin() => Lines.Add("test begins");

        public override void OnTestEnd(IReadOnlyDictionary<string, double> logs) => Lines.Add($"test ends: {string.Join(", ", logs.Keys)}");
    }
}
