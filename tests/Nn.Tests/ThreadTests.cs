using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Models that several threads use at once.</summary>
public sealed class ThreadTests
{
    private static readonly NDArray s_x = RandomArrays.Signed(64, 12), s_y = RandomArrays.Signed(64, 3);

    [Fact]
    public void Predicting_does_not_change_a_training_on_another_thread()
    {
        using Sequential alone = Make(), observed = Make();
        float[] expected = Train(alone);
        using var stop = new CancellationTokenSource();
        Exception? error = null;
        int predictions = 0;
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(number => new Thread(() =>
        {
            try
            {
                while (!stop.IsCancellationRequested)
                {
                    Assert.All(observed.Predict(s_x).ToFloats(), value => Assert.True(float.IsFinite(value)));
                    _ = observed.PredictOnBatch(s_x);
                    _ = Interlocked.Increment(ref predictions);
                }
            }
            catch (Exception caught)
            {
                error = caught;
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        float[] found = Train(observed);
        while (Volatile.Read(ref predictions) < 3 && error is null)
            Thread.Yield();
        stop.Cancel();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Null(error);
        Assert.Equal(expected, found);
    }

    [Fact]
    public void Threads_that_predict_at_once_get_what_one_gets()
    {
        using Sequential model = Make();
        float[] expected = model.Predict(s_x).ToFloats();
        Parallel.For(0, 40, _ => Assert.Equal(expected, model.Predict(s_x).ToFloats()));
    }

    // Terms of the loss for weights, and for outputs, which a call leaves behind.
    private static Sequential Make()
    {
        ulong seed = 5;
        Initializer Drawn() => new GlorotUniform(seed++);
        var model = new Sequential
        {
            new Input(12),
            new Dense(16, "relu", kernelInitializer: Drawn(), kernelRegularizer: new L2(0.01f), activityRegularizer: new L1(0.01f)),
            new BatchNormalization(),
            new ActivityRegularization(l2: 0.02f),
            new Dense(3, kernelInitializer: Drawn()),
        };
        model.Compile(new Adam(0.01f), new MeanSquaredError());
        return model;
    }

    private static float[] Train(Model model)
    {
        History history = model.Fit(s_x, s_y, batchSize: 8, epochs: 20, shuffle: false, verbose: 0);
        return [.. history["loss"].Select(loss => (float)loss), .. model.Variables.SelectMany(variable => variable.Value.ToArray())];
    }
}
