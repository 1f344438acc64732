using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Scaling of the loss by a factor that finds its size.</summary>
[Collection(SeededTests.Name)]
public sealed class LossScaleOptimizerTests
{
    private static readonly NDArray s_x = RandomArrays.Signed((32, 3));
    private static readonly NDArray s_y = NDArray.From((32, 2), [.. RandomArrays.Signed((32, 2)).ToFloats().Select(value => 100 * value)]);

    [Fact]
    public void A_power_of_two_changes_no_bit()
    {
        float[] expected = Train(new Adam(0.01f) { GlobalClipNorm = 0.5f, WeightDecay = 0.01f });
        using var scaled = new LossScaleOptimizer(new Adam(0.01f) { GlobalClipNorm = 0.5f, WeightDecay = 0.01f });
        Assert.Equal(32768, scaled.DynamicScale);
        Assert.Equal(expected, Train(scaled));
    }

    [Fact]
    public void The_factor_grows_and_backs_off_and_steps_with_infinite_gradients_are_left_out()
    {
        using var weight = new Variable("w", NDArray.From(2, [1f, 2]));
        using var optimizer = new LossScaleOptimizer(new SGD(1, momentum: 0.5f), initialScale: 4, dynamicGrowthSteps: 3);
        void Apply(params float[] gradient)
        {
            using var scope = new TensorScope();
            optimizer.Apply([Tensor.From(2, [.. gradient.Select(value => value * optimizer.DynamicScale)])], [weight]);
        }

        Apply(1, 0);
        Apply(0, 0);
        Assert.Equal((4f, 2, 2L), (optimizer.DynamicScale, optimizer.StepCounter, optimizer.Iterations));
        float[] before = weight.Value.ToArray();
        Apply(float.NaN, 0);
        Assert.Equal((2f, 0, 2L), (optimizer.DynamicScale, optimizer.StepCounter, optimizer.Iterations));
        Apply(0, float.NegativeInfinity);
        Assert.Equal(before, weight.Value.ToArray());
        Assert.Equal(1f, optimizer.DynamicScale);
        Apply(0, 0);
        Apply(0, 0);
        Assert.Equal(1f, optimizer.DynamicScale);
        Apply(0, 0);
        Assert.Equal((2f, 0, 5L), (optimizer.DynamicScale, optimizer.StepCounter, optimizer.Iterations));

        Apply(0, 0);
        using var largest = new LossScaleOptimizer(new SGD(0), initialScale: float.MaxValue, dynamicGrowthSteps: 1);
        using (new TensorScope())
            largest.Apply([Tensor.Zeros(2)], [weight]);
        Assert.Equal(float.MaxValue, largest.DynamicScale);

        // Momentum went on from the steps that counted: -(1 + 1/2 + 1/4 + 1/8 + 1/16 + 1/32).
        Assert.Equal([1 - 1.96875f, 2], weight.Value.ToArray());
    }

    [Fact]
    public void Losses_are_scaled_by_it_and_options_belong_to_the_inner_optimizer()
    {
        using var optimizer = new LossScaleOptimizer(new SGD(0.25f), initialScale: 8);
        using (new TensorScope())
            Assert.Equal(24, optimizer.ScaleLoss(Tensor.From(Shape.Scalar, [3f])).Item());
        Assert.Equal(0.25f, optimizer.LearningRate);
        optimizer.LearningRate = 0.5f;
        Assert.Equal(0.5f, optimizer.InnerOptimizer.LearningRate);
        using var clipped = new LossScaleOptimizer(new SGD()) { ClipNorm = 1 };
        Assert.Contains("inner optimizer", Assert.Throws<InvalidOperationException>(() => Train(clipped)).Message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentException>(() => new LossScaleOptimizer(new SGD { LossScaleFactor = 2 }));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new LossScaleOptimizer(new SGD(), initialScale: 0));
    }

    [Fact]
    public void Training_survives_an_overflow()
    {
        using var optimizer = new LossScaleOptimizer(new Adam(0.01f), initialScale: 3e38f, dynamicGrowthSteps: 4);
        Assert.All(Train(optimizer), value => Assert.True(float.IsFinite(value)));
        Assert.True(optimizer.DynamicScale < 3e38f && optimizer.Iterations < 20, $"{optimizer.DynamicScale} after {optimizer.Iterations} steps");
    }

    [Fact]
    public void A_resumed_run_has_the_factor_and_the_bits()
    {
        string folder = Directory.CreateTempSubdirectory("scale").FullName;
        try
        {
            static LossScaleOptimizer Create() => new(new Adam(0.01f), initialScale: 2e38f, dynamicGrowthSteps: 5);
            using LossScaleOptimizer whole = Create(), stopped = Create(), resumed = Create();
            float[] expected = Train(whole);
            using var source = new CancellationTokenSource();
            int steps = 0;
            _ = Assert.ThrowsAny<OperationCanceledException>(() => Train(
                stopped, source.Token, new BackupAndRestore(folder), new LambdaCallback(onTrainBatchEnd: (_, _) =>
                {
                    if (++steps == 11)
                        source.Cancel();
                })));
            Assert.Equal(expected, Train(resumed, default, new BackupAndRestore(folder)));
            Assert.Equal((whole.DynamicScale, whole.StepCounter, whole.Iterations), (resumed.DynamicScale, resumed.StepCounter, resumed.Iterations));
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    // 20 steps.
    private static float[] Train(Optimizer optimizer, CancellationToken cancellationToken = default, params Callback[] callbacks)
    {
        RandomGenerator.SetSeed(6);
        // Not disposed with the model: the test looks at the optimizer afterwards.
        var model = new Sequential { new Input(3), new Dense(2) };
        model.Compile(optimizer, new MeanSquaredError());
        _ = model.Fit(s_x, s_y, batchSize: 8, epochs: 5, callbacks: callbacks, verbose: 0, cancellationToken: cancellationToken);
        return [.. model.Variables.SelectMany(variable => variable.Value.ToArray())];
    }
}
