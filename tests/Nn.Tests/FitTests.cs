using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

[Collection(SeededTests.Name)]
public sealed class FitTests
{
    [Fact]
    public void A_small_network_learns_a_circle()
    {
        RandomGenerator.SetSeed(12);
        (NDArray x, NDArray y) = Circle(400, 1);
        using var model = new Sequential { new Dense(24, Activation.Tanh), new Dense(2, Activation.Softmax) };
        model.Compile(new Adam(0.02f), new CategoricalFocalLoss(), [new CategoricalAccuracy()]);
        History history = model.Fit(x, y, epochs: 60, validationData: Circle(200, 2), verbose: 0);
        Assert.Equal(["loss", "accuracy", "val_loss", "val_accuracy"], history.Names);
        Assert.Equal(Enumerable.Range(0, 60), history.Epoch);
        Assert.True(history["loss"][^1] < history["loss"][0] / 4, $"loss from {history["loss"][0]} to {history["loss"][^1]}");
        Assert.True(history["accuracy"][^1] > 0.95, $"accuracy {history["accuracy"][^1]}");
        Assert.True(history["val_accuracy"][^1] > 0.93, $"val_accuracy {history["val_accuracy"][^1]}");
    }

    [Fact]
    public void A_convolutional_network_learns_stripes()
    {
        RandomGenerator.SetSeed(3);
        var random = new Random(5);
        var x = new NDArray((96, 12, 12, 1), DType.UNorm8);
        int[] labels = [.. Enumerable.Range(0, 96).Select(i => i % 2)];
        for (int i = 0; i < x.Shape.Size; i++)
        {
            int row = i / 12 % 12, column = i % 12, line = labels[i / 144] == 0 ? row : column;
            x.Bytes[i] = (byte)((line / 2 % 2 * 120) + random.Next(100));
        }

        using var model = new Sequential
        {
            new Conv2D(8, 3, activation: Activation.Relu), new MaxPooling2D(2), new BatchNormalization(),
            new Flatten(), new Dropout(0.2f), new Dense(2),
        };
        model.Compile(new Adam(0.01f), new SparseCategoricalCrossentropy(fromLogits: true), [Metric.Accuracy]);
        History history = model.Fit(x, labels, batchSize: 16, epochs: 15, verbose: 0);
        Assert.True(history["accuracy"][^1] > 0.95, $"accuracy {history["accuracy"][^1]}");
        Assert.Equal(1, model.Evaluate(x, labels)["accuracy"], 0.05);
    }

    [Fact]
    public void A_seed_gives_the_same_bits()
    {
        (NDArray x, NDArray y) = Circle(70, 3);
        float[] Run(ulong seed)
        {
            RandomGenerator.SetSeed(seed);
            using var model = new Sequential { new Dense(9, Activation.Relu), new Dropout(0.3f), new Dense(2, Activation.Softmax) };
            model.Compile(new RMSprop(), new CategoricalCrossentropy());
            _ = model.Fit(x, y, batchSize: 16, epochs: 3, verbose: 0);
            return [.. model.Variables.SelectMany(variable => variable.Value.ToArray())];
        }

        float[] first = Run(8);
        Assert.Equal(first, Run(8));
        Assert.NotEqual(first, Run(9));
    }

    [Fact]
    public void The_loss_of_an_epoch_weighs_examples_not_batches()
    {
        using var model = new Sequential { new Dense(1, kernelInitializer: new Zeros()) };
        model.Compile(new SGD(0), new MeanSquaredError(), [new MeanAbsoluteError()]);
        NDArray x = new float[,] { { 1 }, { 1 }, { 1 } }, y = new float[,] { { 1 }, { 1 }, { 4 } };
        History history = model.Fit(x, y, batchSize: 2, epochs: 1, shuffle: false, verbose: 0);
        Assert.Equal(6, history["loss"][0], 1e-6);
        Assert.Equal(2, history["mean_absolute_error"][0], 1e-6);
        Assert.Equal(6, model.Evaluate(x, y, batchSize: 2)["loss"], 1e-6);
        Assert.Equal(2, model.Evaluate(x, y, sampleWeight: new float[] { 2, 4, 0 })["loss"], 1e-6);
    }

    [Fact]
    public void Batches_may_be_larger_than_the_data_and_the_last_smaller()
    {
        using var model = new Sequential { new Dense(2, Activation.Softmax) };
        model.Compile(new Adam(), new CategoricalFocalLoss());
        (NDArray x, NDArray y) = Circle(10, 4);
        int steps = 0;
        var counter = new LambdaCallback(onTrainBatchEnd: (_, _) => steps++);
        _ = model.Fit(x, y, batchSize: 4, callbacks: [counter], verbose: 0);
        Assert.Equal(3, steps);
        _ = model.Fit(x, y, batchSize: 1000, callbacks: [counter], verbose: 0);
        Assert.Equal(4, steps);
        Assert.Equal(new Shape(10, 2), model.Predict(x, batchSize: 3).Shape);
        Assert.Equal(model.Predict(x, batchSize: 1000).ToFloats(), model.Predict(x, batchSize: 3).ToFloats());
    }

    [Fact]
    public void A_validation_split_is_taken_from_the_end()
    {
        using var model = new Sequential { new Dense(1, kernelInitializer: new Zeros()) };
        model.Compile(new SGD(0), new MeanAbsoluteError());
        NDArray x = new float[,] { { 1 }, { 1 }, { 1 }, { 1 } }, y = new float[,] { { 1 }, { 1 }, { 1 }, { 9 } };
        History history = model.Fit(x, y, validationSplit: 0.25, verbose: 0);
        Assert.Equal(1, history["loss"][0], 1e-6);
        Assert.Equal(9, history["val_loss"][0], 1e-6);
        Assert.Equal("validationSplit", Assert.Throws<ArgumentException>(() => model.Fit(x, y, validationSplit: 0.9, verbose: 0)).ParamName);
    }

    [Fact]
    public void Data_that_cannot_be_trained_on_is_refused()
    {
        using var model = new Sequential { new Dense(2) };
        _ = Assert.Throws<InvalidOperationException>(() => model.Fit(new ListDataSource(), verbose: 0));
        model.Compile(new Adam(), new MeanSquaredError());
        Assert.Contains("training data is empty", Assert.Throws<ArgumentException>(() => model.Fit(new ListDataSource(), verbose: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => model.Fit(new NDArray((0, 3)), new NDArray((0, 2)), verbose: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("data is empty", Assert.Throws<ArgumentException>(() => model.Evaluate(new ListDataSource())).Message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentException>(() => model.Predict(new ListDataSource()));
        var batch = new DataItem(new NDArray((4, 3)), new NDArray((4, 2)));
        Assert.Contains("validation data is empty", Assert.Throws<ArgumentException>(() => model.Fit(new ListDataSource(batch), validationData: new ListDataSource(), verbose: 0)).Message, StringComparison.Ordinal);

        // Of arrays it is known before anything is trained.
        long steps = model.Optimizer!.Iterations;
        Assert.Contains("validation data is empty", Assert.Throws<ArgumentException>(
            () => model.Fit(new NDArray((4, 3)), new NDArray((4, 2)), validationData: (new NDArray((0, 3)), new NDArray((0, 2))), verbose: 0)).Message, StringComparison.Ordinal);
        Assert.Equal(steps, model.Optimizer.Iterations);
        var single = new DataItem(new NDArray((4, 3)), new NDArray((2, 4)));
        Assert.Contains("Batch()", Assert.Throws<ShapeMismatchException>(() => model.Fit(new ListDataSource(single), verbose: 0)).Message, StringComparison.Ordinal);
        _ = Assert.Throws<ShapeMismatchException>(() => model.Fit(new NDArray((4, 3)), new NDArray((5, 2)), verbose: 0));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => model.Fit(new NDArray((4, 3)), new NDArray((4, 2)), batchSize: 0, verbose: 0));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => model.Fit(new ListDataSource(batch), verbose: 3));
    }

    [Fact]
    public void Compile_refuses_what_cannot_be_reported()
    {
        using var model = new Sequential { new Dense(2) };
        using var adam = new Adam();
        _ = Assert.Throws<ArgumentException>(() => model.Compile(adam, new MeanSquaredError(Reduction.None)));
        Assert.Contains("'accuracy'", Assert.Throws<ArgumentException>(() => model.Compile(adam, new MeanSquaredError(), [Metric.Accuracy, new BinaryAccuracy()])).Message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentException>(() => model.Compile(adam, new MeanSquaredError(), [new Mean("loss")]));
    }

    [Fact]
    public void Cancellation_stops_between_batches()
    {
        using var model = new Sequential { new Dense(2, Activation.Softmax) };
        model.Compile(new Adam(), new CategoricalFocalLoss());
        (NDArray x, NDArray y) = Circle(10, 4);
        using var source = new CancellationTokenSource();
        var cancel = new LambdaCallback(onTrainBatchEnd: (batch, _) =>
        {
            if (batch == 1)
                source.Cancel();
        });
        _ = Assert.Throws<OperationCanceledException>(() => model.Fit(x, y, batchSize: 2, callbacks: [cancel], verbose: 0, cancellationToken: source.Token));
        Assert.Equal(2, model.Optimizer!.Iterations);
        Assert.Null(TensorScope.Current);
    }

    [Fact]
    public void Training_resumes_at_an_epoch()
    {
        using var model = new Sequential { new Dense(2, Activation.Softmax) };
        model.Compile(new Adam(), new CategoricalFocalLoss());
        (NDArray x, NDArray y) = Circle(10, 4);
        Assert.Equal([3, 4], model.Fit(x, y, epochs: 5, initialEpoch: 3, verbose: 0).Epoch);
    }

    [Fact]
    public void A_model_of_ones_own_with_a_step_of_its_own()
    {
        RandomGenerator.SetSeed(1);
        (NDArray x, NDArray y) = Circle(300, 5);
        using var model = new TwoBranches();
        model.Compile(new Adam(0.02f), new CategoricalFocalLoss(), [Metric.Accuracy]);
        History history = model.Fit(x, y, epochs: 40, verbose: 0);
        Assert.True(history["accuracy"][^1] > 0.9, $"accuracy {history["accuracy"][^1]}");
        Assert.Equal(40, history["steps"].Count);
        Assert.Equal(["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias", "head/kernel", "head/bias"], model.Variables.Select(variable => variable.Name));
        using var text = new StringWriter();
        model.Summary(text);
        Assert.Contains("Model: \"two_branches\"", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("│ head (Dense)                    │ (None, 2)              │            66 │", text.ToString(), StringComparison.Ordinal);
        Assert.Contains(" Optimizer params: 324 (1.27 KB)", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_loop_of_the_users_own_is_Fit()
    {
        (NDArray x, NDArray y) = Circle(64, 6);
        float[] Weights(Action<Sequential> train)
        {
            using var model = new Sequential { new Dense(6, Activation.Relu, kernelInitializer: new HeNormal(1)), new Dense(2, Activation.Softmax, kernelInitializer: new HeNormal(2)) };
            train(model);
            return [.. model.Variables.SelectMany(variable => variable.Value.ToArray())];
        }

        float[] fitted = Weights(model =>
        {
            model.Compile(new Adam(), new CategoricalFocalLoss());
            _ = model.Fit(x, y, batchSize: 64, epochs: 5, shuffle: false, verbose: 0);
        });
        float[] own = Weights(model =>
        {
            using var optimizer = new Adam();
            var focal = new CategoricalFocalLoss();
            for (int epoch = 0; epoch < 5; epoch++)
            {
                using var tape = new GradientTape();
                Tensor loss = focal.Call(y, model.Call(x, training: true));
                optimizer.Apply(tape.Gradient(loss, model.TrainableVariables), model.TrainableVariables);
            }
        });
        Assert.Equal(fitted, own);
    }

    [Fact]
    public void Layers_that_are_not_trainable_stay()
    {
        (NDArray x, NDArray y) = Circle(20, 7);
        using var model = new Sequential { new Input(2), new Dense(4, Activation.Relu), new Dense(2, Activation.Softmax) };
        model.Layers[0].Trainable = false;
        model.Compile(new SGD(1), new CategoricalCrossentropy());
        float[] frozen = model.Variables[0].Value.ToArray(), free = model.Variables[2].Value.ToArray();
        _ = model.Fit(x, y, verbose: 0);
        Assert.Equal(frozen, model.Variables[0].Value.ToArray());
        Assert.NotEqual(free, model.Variables[2].Value.ToArray());
        using var text = new StringWriter();
        model.Summary(text);
        Assert.Contains(" Trainable params: 10 (40.00 B)", text.ToString(), StringComparison.Ordinal);
        Assert.Contains(" Non-trainable params: 12 (48.00 B)", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_but_weights_outlives_a_step()
    {
        using var scope = new TensorScope();
        (NDArray x, NDArray y) = Circle(20, 7);
        using var model = new Sequential { new Dense(4, Activation.Relu), new BatchNormalization(), new Dense(2, Activation.Softmax) };
        model.Compile(new Adam(), new CategoricalFocalLoss(), [new CategoricalAccuracy()]);
        for (int i = 0; i < 3; i++)
        {
            _ = model.TrainOnBatch(x, y);
            _ = model.TestOnBatch(x, y);
            _ = model.Predict(x);
            Assert.Equal(0, scope.Count);
        }
    }

    private static (NDArray X, NDArray Y) Circle(int examples, int seed)
    {
        var random = new Random(seed);
        var x = new float[examples * 2];
        var y = new float[examples * 2];
        for (int i = 0; i < examples; i++)
        {
            (x[2 * i], x[(2 * i) + 1]) = ((random.NextSingle() * 2) - 1, (random.NextSingle() * 2) - 1);
            bool inside = (x[2 * i] * x[2 * i]) + (x[(2 * i) + 1] * x[(2 * i) + 1]) < 0.6f;
            y[(2 * i) + (inside ? 1 : 0)] = 1;
        }

        return (NDArray.From([examples, 2], x), NDArray.From([examples, 2], y));
    }

    private sealed class TwoBranches : Model
    {
        private readonly Dense _left;
        private readonly Dense _right;
        private readonly Dense _head;
        private double _steps;

        public TwoBranches()
        {
            _left = AddLayer(new Dense(16, Activation.Tanh));
            _right = AddLayer(new Dense(16, Activation.Relu));
            _head = AddLayer(new Dense(2, Activation.Softmax, name: "head"));
        }

        protected override Tensor Forward(Tensor x, bool training) =>
            _head.Call(Tensor.Concat([_left.Call(x, training), _right.Call(x, training)], 1), training);

        protected override IReadOnlyDictionary<string, double> TrainStep(TensorBatch batch)
        {
            IReadOnlyDictionary<string, double> logs = base.TrainStep(batch);
            return new Dictionary<string, double>(logs) { ["steps"] = ++_steps };
        }
    }

    [Fact]
    public void Data_that_can_be_read_once_is_told_from_data_that_is_empty()
    {
        using var model = new Sequential { new Input(1), new Dense(1) };
        model.Compile(new SGD(), new MeanSquaredError());
        NDArray x = new float[,] { { 1 } };
        using IEnumerator<DataItem> once = ((IEnumerable<DataItem>)[new DataItem(x, x)]).GetEnumerator();
        Assert.Contains("in epoch 2", Assert.Throws<ArgumentException>(() => model.Fit(new Enumerated(once), epochs: 2, verbose: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("is empty", Assert.Throws<ArgumentException>(() => model.Fit(new Enumerated(once), epochs: 2, verbose: 0)).Message, StringComparison.Ordinal);
    }

    private sealed class Enumerated(IEnumerator<DataItem> items) : IDataSource
    {
        public int? Cardinality => null;

        public IEnumerator<DataItem> GetEnumerator()
        {
            while (items.MoveNext())
                yield return items.Current;
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
