using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>What all optimizers can do with gradients and weights, in numbers worked out by hand.</summary>
[Collection(SeededTests.Name)]
public sealed class OptimizerOptionTests
{
    [Fact]
    public void Each_gradient_is_clipped_to_a_norm()
    {
        Assert.Equal([[-0.6f, -0.8f], [-0.3f, 0.4f]], Steps(new SGD(1) { ClipNorm = 1 }, [[3, 4], [0.3f, -0.4f]]));
        Assert.Equal([[0, 0]], Steps(new SGD(1) { ClipNorm = 1 }, [[0, 0]]));
    }

    [Fact]
    public void All_gradients_are_clipped_to_a_norm_together()
    {
        // The norm of all is 13, of the first 5.
        Close([[-3f / 13, -4f / 13], [-12f / 13, 0]], Steps(new SGD(1) { GlobalClipNorm = 1 }, [[3, 4], [12, 0]]));
        Close([[-3, -4], [-12, 0]], Steps(new SGD(1) { GlobalClipNorm = 14 }, [[3, 4], [12, 0]]));
    }

    [Fact]
    public void Elements_are_clipped_to_a_value() =>
        Assert.Equal([[-0.5f, 0.5f], [-0.25f, 0]], Steps(new SGD(1) { ClipValue = 0.5f }, [[3, -4], [0.25f, 0]]));

    [Fact]
    public void Only_one_kind_of_clipping_is_chosen()
    {
        Assert.Contains("only one", Assert.Throws<ArgumentException>(() => new SGD { ClipNorm = 1, ClipValue = 1 }).Message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { ClipNorm = 0 });
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { GradientAccumulationSteps = 1 });
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new Adam { LossScaleFactor = 0 });
    }

    [Fact]
    public void Weights_decay_by_rate_times_decay_unless_they_are_left_out()
    {
        using var optimizer = new SGD(0.5f) { WeightDecay = 0.1f };
        using var kernel = new Variable("dense/kernel", Tensor.Full(1, 2));
        using var bias = new Variable("dense/bias", Tensor.Full(1, 2));
        optimizer.ExcludeFromWeightDecay(names: ["bias"]);
        optimizer.Apply([Tensor.Ones(1), Tensor.Ones(1)], [kernel, bias]);
        Assert.Equal(2 - (2 * 0.1f * 0.5f) - 0.5f, kernel.Value.Item(), 1e-6f);
        Assert.Equal(1.5f, bias.Value.Item());
    }

    [Fact]
    public void Adam_with_weight_decay_is_AdamW()
    {
        var random = new Random(4);
        float[][] gradients = [.. Enumerable.Range(0, 6).Select(_ => new[] { random.NextSingle() - 0.5f, random.NextSingle() })];
        float[] Run(Optimizer optimizer)
        {
            using (optimizer)
            {
                using var weight = new Variable("w", Tensor.From(2, [1f, -2]));
                foreach (float[] gradient in gradients)
                    optimizer.Apply([Tensor.From(2, gradient)], [weight]);
                return weight.Value.ToArray();
            }
        }

        Assert.Equal(Run(new AdamW(0.01f, 0.1f)), Run(new Adam(0.01f) { WeightDecay = 0.1f }));
    }

    [Fact]
    public void Accumulated_gradients_are_averaged_into_one_step()
    {
        using var optimizer = new Adam(0.1f) { GradientAccumulationSteps = 3 };
        using var weight = new Variable("w", Tensor.Zeros(1));
        using var plain = new Adam(0.1f);
        using var other = new Variable("w", Tensor.Zeros(1));
        float[] gradients = [1, 2, 6, -1, -3, 7];
        for (int i = 0; i < 6; i++)
        {
            optimizer.Apply([Tensor.From(1, [gradients[i]])], [weight]);
            if (i % 3 == 2)
                plain.Apply([Tensor.From(1, [gradients[(i - 2)..(i + 1)].Sum() / 3])], [other]);
            Assert.Equal(other.Value.Item(), weight.Value.Item());
            Assert.Equal((i + 1) / 3, optimizer.Iterations);
        }
    }

    [Fact]
    public void A_scaled_loss_gives_the_same_step()
    {
        float[] Run(float? scale)
        {
            using var optimizer = new SGD(0.1f) { LossScaleFactor = scale };
            using var weight = new Variable("w", Tensor.From(2, [1f, -2]));
            using var tape = new GradientTape();
            Tensor loss = weight.Value.Square().Sum();
            optimizer.Apply(tape.Gradient(optimizer.ScaleLoss(loss), [weight]), [weight]);
            return weight.Value.ToArray();
        }

        Assert.Equal(Run(null), Run(1024));
    }

    [Fact]
    public void Moving_averages_of_weights_take_their_place_at_the_end_or_now_and_then()
    {
        using var optimizer = new SGD(1) { UseEma = true, EmaMomentum = 0.5f };
        using var weight = new Variable("w", Tensor.Zeros(1));
        foreach (float gradient in new[] { -1f, -1, -2 })
            optimizer.Apply([Tensor.From(1, [gradient])], [weight]);

        // Weights 1, 2, 4; averages 1, 1.5, 2.75.
        Assert.Equal(4, weight.Value.Item());
        optimizer.FinalizeVariableValues([weight]);
        Assert.Equal(2.75f, weight.Value.Item());

        using var often = new SGD(1) { UseEma = true, EmaMomentum = 0.5f, EmaOverwriteFrequency = 2 };
        using var other = new Variable("w", Tensor.Zeros(1));
        foreach (float gradient in new[] { -1f, -1, -2 })
            often.Apply([Tensor.From(1, [gradient])], [other]);
        Assert.Equal(3.5f, other.Value.Item());
    }

    [Fact]
    public void Fit_ends_with_the_moving_averages()
    {
        NDArray x = new float[,] { { 1 } }, y = new float[,] { { 1 } };
        using var model = new Sequential { new Input(1), new Dense(1, useBias: false, kernelInitializer: new Zeros()) };
        model.Compile(new SGD(0.25f) { UseEma = true, EmaMomentum = 0.5f }, new MeanSquaredError());
        _ = model.Fit(x, y, epochs: 2, verbose: 0);

        // Weights 0.5, 0.75.
        Assert.Equal(0.625f, model.Variables[0].Value.Item(), 1e-6f);
    }

    [Fact]
    public void Constraints_hold_after_each_step()
    {
        (Constraint, float[])[] cases =
        [
            (new NonNeg(), [3, 0, 0, 4]),
            (new UnitNorm(), [0.6f, -1, 0, 0]),
            (new MaxNorm(4), [3, -4, 0, 0]),
            (new MinMaxNorm(2, 3), [3, -3, 0, 0]),
        ];
        foreach ((Constraint constraint, float[] expected) in cases)
        {
            using var layer = new Dense(2, useBias: false, kernelConstraint: constraint, kernelInitializer: new Constant(NDArray.From((2, 2), [3f, -5, 4 * (constraint is UnitNorm ? 1 : 0), constraint is NonNeg ? 4 : 0])));
            layer.Build((Shape.Unknown, 2));
            using var optimizer = new SGD(0);
            optimizer.Apply([Tensor.Ones((2, 2))], [layer.Kernel!]);
            float[] actual = layer.Kernel!.Value.ToArray();
            float[] wanted = constraint is UnitNorm ? [0.6f, -1, 0.8f, 0] : expected;
            for (int i = 0; i < 4; i++)
                Assert.Equal(wanted[i], actual[i], 1e-5f);
        }
    }

    [Fact]
    public void Regularizers_are_part_of_the_loss_and_its_gradient()
    {
        NDArray x = new float[,] { { 1, 2 }, { 3, 4 } }, y = new float[,] { { 0 }, { 0 } };
        using var model = new Sequential
        {
            new Input(2),
            new Dense(
                1, kernelInitializer: new Constant(NDArray.From((2, 1), [1f, -2])), biasInitializer: new Constant(0.5f),
                kernelRegularizer: new L1L2(0.1f, 0.01f), biasRegularizer: new L2(0.2f), activityRegularizer: new L1(0.3f)),
        };
        model.Compile(new SGD(1), new MeanSquaredError());

        // Outputs -2.5 and -4.5; kernel 0.1·3 + 0.01·5, bias 0.2·0.25, activity 0.3·7 / 2.
        double mse = ((2.5 * 2.5) + (4.5 * 4.5)) / 2, added = 0.3 + 0.05 + 0.05 + 1.05;
        Assert.Equal(mse + added, model.Evaluate(x, y)["loss"], 1e-5);
        Assert.Equal(mse + added, model.TrainOnBatch(x, y)["loss"], 1e-5);

        // d/d bias: mean of 2·output, 0.2·2·0.5, and -0.3 (both outputs are negative, divided by the batch).
        Assert.Equal(0.5 - ((-2.5 - 4.5) + 0.2 - 0.3), model.Variables[1].Value.Item(), 1e-5);
        double kernel0 = (2 * ((-2.5 * 1) + (-4.5 * 3)) / 2) + 0.1 + 0.02 - (0.3 * 4 / 2);
        Assert.Equal(1 - kernel0, model.Variables[0].Value.ToArray()[0], 1e-4);
    }

    [Fact]
    public void Frozen_weights_are_not_regularized()
    {
        using var model = new Sequential { new Input(2), new Dense(2, kernelRegularizer: "l2"), new Dense(1) };
        Assert.Single(model.Losses);
        model.Layers[0].Trainable = false;
        Assert.Empty(model.Losses);
        _ = Assert.Throws<ArgumentException>(() => (Regularizer)"l3");
    }

    [Fact]
    public void Several_steps_in_one_execution_give_the_same_weights_and_logs()
    {
        NDArray x = RandomArrays.Signed((70, 3)), y = RandomArrays.Signed((70, 1));
        (float[] Weights, double Loss, int Calls) Run(int steps)
        {
            RandomGenerator.SetSeed(2);
            using var model = new Sequential { new Input(3), new Dense(4, "relu"), new Dense(1) };
            model.Compile(new Adam(), new MeanSquaredError(), [new MeanAbsoluteError()], stepsPerExecution: steps);
            int calls = 0;
            History history = model.Fit(x, y, batchSize: 10, epochs: 2, callbacks: [new LambdaCallback(onTrainBatchEnd: (_, _) => calls++)], verbose: 0);
            return ([.. model.Variables.SelectMany(variable => variable.Value.ToArray())], history["loss"][1], calls);
        }

        (float[] weights, double loss, int each) = Run(1);
        Assert.Equal(14, each);
        (float[] others, double other, int fewer) = Run(3);
        Assert.Equal(weights, others);
        Assert.Equal(loss, other);
        Assert.Equal(6, fewer);
    }

    private static float[][] Steps(Optimizer optimizer, float[][] gradients)
    {
        using (optimizer)
        {
            Variable[] weights = [.. gradients.Select((gradient, i) => new Variable($"w{i}", Tensor.Zeros(gradient.Length)))];
            optimizer.Apply([.. gradients.Select(gradient => Tensor.From(gradient.Length, gradient))], weights);
            float[][] values = [.. weights.Select(weight => weight.Value.ToArray())];
            foreach (Variable weight in weights)
                weight.Dispose();
            return values;
        }
    }

    private static void Close(float[][] expected, float[][] actual)
    {
        foreach ((float[] row, float[] other) in expected.Zip(actual))
        {
            for (int i = 0; i < row.Length; i++)
                Assert.Equal(row[i], other[i], 1e-6f);
        }
    }
}
