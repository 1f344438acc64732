using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Models of several inputs and outputs, trained on arrays, data sets and tensors.</summary>
[Collection(SeededTests.Name)]
public sealed class ManyInputsTests
{
    private static readonly NDArray s_a = Noise(1, (40, 3));
    private static readonly NDArray s_b = Noise(2, (40, 2));
    private static readonly NDArray s_sum = NDArray.From((40, 1), [.. Enumerable.Range(0, 40).Select(i => s_a.ToFloats()[3 * i] + s_b.ToFloats()[2 * i])]);
    private static readonly NDArray s_sign = NDArray.From((40, 1), [.. s_sum.ToFloats().Select(value => value > 0 ? 1f : 0f)]);
    private static readonly NDArray s_weights = NDArray.From(40, [.. Enumerable.Range(0, 40).Select(i => (i % 5) * 0.5f)]);

    [Fact]
    public void Several_inputs_and_outputs_are_learnt_with_Keras_names_in_the_logs()
    {
        using Model model = TwoByTwo();
        model.Compile(
            new Adam(0.03f), [new MeanSquaredError(), new BinaryCrossentropy()], metrics: [[new MeanAbsoluteError()], [new BinaryAccuracy()]],
            lossWeights: [0.5f, 2]);
        History history = model.Fit([s_a, s_b], [s_sum, s_sign], batchSize: 8, epochs: 40, validationSplit: 0.2, verbose: 0);
        Assert.Equal(
            ["loss", "sum_loss", "sign_loss", "sum_mean_absolute_error", "sign_accuracy"], history.Names.Where(name => !name.StartsWith("val_", StringComparison.Ordinal)));
        Assert.Equal(10, history.Names.Count);
        for (int epoch = 0; epoch < 40; epoch++)
            Assert.Equal(history["loss"][epoch], (0.5 * history["sum_loss"][epoch]) + (2 * history["sign_loss"][epoch]), 1e-5);
        Assert.True(history["val_sum_loss"][^1] < 0.1 * history["val_sum_loss"][0]);
        Assert.True(history["sign_accuracy"][^1] > 0.85);

        NDArray[] outputs = model.PredictAll([s_a, s_b], batchSize: 7);
        Assert.Equal([new Shape(40, 1), new Shape(40, 1)], outputs.Select(output => output.Shape));
        float error = outputs[0].ToFloats().Zip(s_sum.ToFloats(), (p, y) => (p - y) * (p - y)).Average();
        IReadOnlyDictionary<string, double> evaluated = model.Evaluate([s_a, s_b], [s_sum, s_sign], batchSize: 16);
        Assert.Equal(error, evaluated["sum_loss"], 1e-5);
        Assert.Contains("PredictAll", Assert.Throws<InvalidOperationException>(() => model.Predict(new ListDataSource(new DataItem([s_a, s_b], [s_sum, s_sign])))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_gradient_is_that_of_the_weighted_sum()
    {
        using Model model = TwoByTwo();
        model.Compile(new SGD(0.1f), [new MeanSquaredError(), new BinaryCrossentropy()], lossWeights: [3, 0.25f]);
        float[][] before = [.. model.Variables.Select(variable => variable.Value.ToArray())];
        float[][] gradients;
        using (var tape = new GradientTape())
        {
            Tensor[] outputs = model.CallAll([s_a, s_b], training: true);
            Tensor loss = (new MeanSquaredError().Call(s_sum, outputs[0]) * 3) + (new BinaryCrossentropy().Call(s_sign, outputs[1]) * 0.25f);
            gradients = [.. tape.Gradient(loss, model.TrainableVariables).Select(gradient => gradient.ToArray())];
        }

        using (new TensorScope())
            _ = model.TrainOnBatch(new TensorBatch([s_a, s_b], [s_sum, s_sign]));
        for (int v = 0; v < before.Length; v++)
            Assert.Equal(before[v].Zip(gradients[v], (w, g) => w - (0.1f * g)), model.Variables[v].Value.ToArray(), (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Fact]
    public void Tensors_give_the_bits_that_arrays_give()
    {
        (float[] Weights, History History) Run(Func<Model, History> fit)
        {
            RandomGenerator.SetSeed(9);
            using Model model = OneOutput();
            model.Compile(new Adam(0.01f), new BinaryCrossentropy(), [new BinaryAccuracy()], [new BinaryAccuracy(name: "weighted")]);
            History history = fit(model);
            return ([.. model.Variables.SelectMany(variable => variable.Value.ToArray())], history);
        }

        var classWeight = new Dictionary<int, float> { [1] = 3 };
        (float[] expected, History arrays) = Run(model => model.Fit(
            [s_a, s_b], [s_sign], 8, 3, validationSplit: 0.25, sampleWeight: s_weights, classWeight: classWeight, verbose: 0));
        using var scope = new TensorScope();
        (float[] actual, History tensors) = Run(model => model.Fit(
            new TensorBatch([s_a, s_b], [s_sign], s_weights), 8, 3, validationSplit: 0.25, classWeight: classWeight, verbose: 0));
        Assert.Equal(expected, actual);
        foreach (string name in arrays.Names.Where(name => !name.StartsWith("val_", StringComparison.Ordinal)))
            Assert.Equal(arrays[name], tensors[name]);
        Assert.Equal(arrays["val_accuracy"], tensors["val_accuracy"]);
    }

    [Fact]
    public void A_tensor_of_inputs_trains_evaluates_and_predicts_as_its_array_does()
    {
        (float[] Outputs, double Loss, double Held) Run(bool tensors)
        {
            RandomGenerator.SetSeed(2);
            using var model = new Sequential { new Input(3), new Dense(4, "tanh"), new Dense(1, "sigmoid") };
            model.Compile(new SGD(0.1f, 0.9f), new BinaryCrossentropy(), weightedMetrics: [new BinaryAccuracy()]);
            using var scope = new TensorScope();
            Tensor x = s_a, y = s_sign, weights = s_weights;
            History history = tensors
                ? model.Fit(x, y, 16, 4, validationData: (x, y), sampleWeight: weights, verbose: 0)
                : model.Fit(s_a, s_sign, 16, 4, validationData: (s_a, s_sign), sampleWeight: s_weights, verbose: 0);
            IReadOnlyDictionary<string, double> result = tensors ? model.Evaluate(x, y, 16, weights) : model.Evaluate(s_a, s_sign, 16, s_weights);
            NDArray outputs = tensors ? model.Predict(x, 9) : model.Predict(s_a, 9);
            return (outputs.ToFloats(), result["loss"], history["val_loss"][^1]);
        }

        (float[] expected, double loss, double held) = Run(tensors: false);
        (float[] actual, double tensorLoss, double tensorHeld) = Run(tensors: true);
        Assert.Equal(expected, actual);
        Assert.Equal(loss, tensorLoss);
        Assert.Equal(held, tensorHeld);
        Assert.NotEqual(loss, held);
    }

    [Fact]
    public void Validation_data_may_have_weights()
    {
        using var model = new Sequential { new Input(3), new Dense(1) };
        model.Compile(new SGD(0), new MeanSquaredError());
        History history = model.Fit(s_a, s_sum, epochs: 1, validationData: (s_a, s_sum, s_weights), verbose: 0);
        Assert.Equal(model.Evaluate(s_a, s_sum, sampleWeight: s_weights)["loss"], history["val_loss"][0]);
        Assert.NotEqual(model.Evaluate(s_a, s_sum)["loss"], history["val_loss"][0]);
    }

    [Fact]
    public void A_data_set_yields_several_inputs()
    {
        using Model model = OneOutput();
        model.Compile(new SGD(0.1f), new BinaryCrossentropy());
        var data = new ListDataSource(
            new DataItem([s_a.Slice(0, 30), s_b.Slice(0, 30)], [s_sign.Slice(0, 30)]), new DataItem([s_a.Slice(30, 10), s_b.Slice(30, 10)], [s_sign.Slice(30, 10)]));
        History history = model.Fit(data, epochs: 2, validationData: data, verbose: 0);
        Assert.Equal(model.Evaluate(data)["loss"], history["val_loss"][1]);
        Assert.Equal(model.PredictAll([s_a, s_b])[0].ToFloats(), model.Predict(data).ToFloats());
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        using Model model = TwoByTwo();
        ArgumentException error = Assert.Throws<ArgumentException>(() => model.Compile(new SGD(), [new MeanSquaredError()]));
        Assert.Contains("2 outputs (sum, sign), got 1 losses", error.Message, StringComparison.Ordinal);
        model.Compile(new SGD(), [new MeanSquaredError(), new BinaryCrossentropy()]);
        Assert.Null(model.Loss);
        Assert.Contains("each output", Assert.Throws<ArgumentException>(() => model.Fit([s_a, s_b], [s_sum], verbose: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("expected 2 inputs", Assert.Throws<ShapeMismatchException>(() => model.Fit([s_a], [s_sum, s_sign], verbose: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("as many examples", Assert.Throws<ShapeMismatchException>(() => model.Fit([s_a, s_b.Slice(0, 3)], [s_sum, s_sign], verbose: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("one target", Assert.Throws<ArgumentException>(
            () => model.Fit([s_a, s_b], [s_sum, s_sign], classWeight: new Dictionary<int, float> { [0] = 2 }, verbose: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("2 inputs", Assert.Throws<InvalidOperationException>(() => new DataItem([s_a, s_b], [s_sum]).X).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_summary_says_what_each_layer_reads()
    {
        using Model model = TwoByTwo();
        using var text = new StringWriter { NewLine = "\n" };
        model.Summary(text);
        string[] lines = text.ToString().Split('\n');
        Assert.Contains("Connected to", lines[2], StringComparison.Ordinal);
        Assert.Matches(@"│ a \(Input\) +│ \(None, 3\) +│ +0 │ - +│", lines[4]);
        int at = Array.FindIndex(lines, line => line.StartsWith("│ concatenate", StringComparison.Ordinal));
        Assert.Contains("│ a[0][0],  ", lines[at], StringComparison.Ordinal);
        Assert.Contains("│ b[0][0]  ", lines[at + 1], StringComparison.Ordinal);
        Assert.All(lines[1..^5], line => Assert.Equal(lines[1].Length, line.Length));

        var shared = new Dense(3);
        var input = new Input(3);
        using var chain = new Model(input, new Dense(1).Call(input));
        using var chainText = new StringWriter();
        chain.Summary(chainText);
        Assert.DoesNotContain("Connected to", chainText.ToString(), StringComparison.Ordinal);
        using var twice = new Model(input, shared.Call(shared.Call(input)) + shared.Call(input));
        using var twiceText = new StringWriter();
        twice.Summary(twiceText);
        Assert.Contains("dense[0][0],", twiceText.ToString(), StringComparison.Ordinal);
    }

    private static Model OneOutput()
    {
        Input a = new(3, "a"), b = new(2, "b");
        KerasTensor joined = new Concatenate().Call([a, b]);
        return new Model([a, b], [new Dense(1, "sigmoid").Call(new Dense(6, "tanh").Call(joined))]);
    }

    private static NDArray Noise(ulong stream, Shape shape)
    {
        var array = new NDArray(shape);
        Philox.FillUniform(new RandomKey(7, stream), 0, array.AsSpan<float>());
        foreach (ref float value in array.AsSpan<float>())
            value = (2 * value) - 1;
        return array;
    }

    // The same weights every time: what is learnt from 32 examples depends on where it begins.
    private static Model TwoByTwo()
    {
        RandomGenerator.SetSeed(5);
        Input a = new(3, "a"), b = new(2, "b");
        KerasTensor inner = new Dense(8, "tanh").Call(new Concatenate().Call([a, b]));
        return new Model([a, b], [new Dense(1, name: "sum").Call(inner), new Dense(1, "sigmoid", name: "sign").Call(inner)]);
    }
}
