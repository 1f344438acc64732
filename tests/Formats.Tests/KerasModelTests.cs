using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats.Tests;

public sealed class KerasModelTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model.keras")]
    [InlineData("model.h5")]
    public void A_model_makes_a_round_trip(string name)
    {
        using Sequential model = Networks.Everything();
        Networks.Randomise(model);
        KerasModel.Save(model, _folder[name]);
        using Model loaded = KerasModel.Load(_folder[name]);
        Assert.Equal("everything", loaded.Name);
        Assert.Equal(model.Layers.Select(layer => layer.ToString()), loaded.Layers.Select(layer => layer.ToString()));
        Assert.Equal(model.InputShape, loaded.InputShape);
        Assert.Null(loaded.Optimizer);
        ModelAssert.Same(model, loaded);
        Assert.Equal([name], _folder.Names);

        // Settings that predictions do not show.
        KerasModel.Save(loaded, _folder["again" + Path.GetExtension(name)]);
        Assert.Equal(ConfigOf(_folder[name]), ConfigOf(_folder["again" + Path.GetExtension(name)]));
    }

    [Theory]
    [InlineData("graph.keras")]
    [InlineData("graph.h5")]
    public void Graphs_make_a_round_trip(string name)
    {
        using Model model = Networks.Graph();
        Networks.Randomise(model);
        model.Compile(new Adam(), new CategoricalCrossentropy());
        Networks.Train(model);
        KerasModel.Save(model, _folder[name]);
        using Model loaded = KerasModel.Load(_folder[name]);
        Assert.Equal(model.Layers.Select(layer => layer.ToString()), loaded.Layers.Select(layer => layer.ToString()));
        Assert.Equal(model.Variables.Select(variable => variable.Name), loaded.Variables.Select(variable => variable.Name));
        ModelAssert.Same(model, loaded);
        NDArray x = Networks.Batch(model, 4), y = new float[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 1, 0, 0 }, { 0, 0, 1 } };
        Assert.Equal(model.TrainOnBatch(x, y), loaded.TrainOnBatch(x, y));
        KerasModel.Save(loaded, _folder["again" + Path.GetExtension(name)]);
        Assert.Equal(ConfigOf(_folder[name]), ConfigOf(_folder["again" + Path.GetExtension(name)]));
    }

    public static TheoryData<string, string> Optimizers()
    {
        var cases = new TheoryData<string, string>();
        foreach (string file in (string[])["model.keras", "model.h5"])
        {
            foreach (string optimizer in (string[])["adam", "adamw", "sgd", "momentum", "rmsprop", "rmsprop momentum", "lion"])
                cases.Add(file, optimizer);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Training_goes_on_where_it_was(string file, string name)
    {
        using Sequential model = Networks.Small();
        Optimizer optimizer = name switch
        {
            "adam" => new Adam(0.01f, 0.8f, 0.99f, 1e-5f),
            "adamw" => new AdamW(0.01f, 0.1f),
            "sgd" => new SGD(0.1f),
            "momentum" => new SGD(0.1f, 0.9f, nesterov: true),
            "rmsprop" => new RMSprop(0.01f, 0.8f),
            "rmsprop momentum" => new RMSprop(0.01f, 0.8f, 0.5f),
            _ => new Lion(0.001f, weightDecay: 0.01f),
        };
        model.Compile(optimizer, new CategoricalFocalLoss([0.25f, 0.75f], gamma: 1.5f, l2: 0.01f), [new CategoricalAccuracy()]);
        Networks.Train(model);
        optimizer.LearningRate *= 0.5f;
        KerasModel.Save(model, _folder[file]);
        using Model loaded = KerasModel.Load(_folder[file]);
        Assert.Equal(3, loaded.Optimizer!.Iterations);
        Assert.Equal(optimizer.LearningRate, loaded.Optimizer.LearningRate);
        Assert.Equal(["accuracy"], loaded.Metrics.Select(metric => metric.Name));
        Assert.Equal(Sorted(optimizer), Sorted(loaded.Optimizer));

        NDArray x = Networks.Batch(model, 4), y = new float[,] { { 1, 0 }, { 0, 1 }, { 1, 0 }, { 1, 0 } };
        for (int step = 0; step < 3; step++)
            Assert.Equal(model.TrainOnBatch(x, y), loaded.TrainOnBatch(x, y));
        ModelAssert.Same(model, loaded);
    }

    [Fact]
    public void Losses_come_back_as_they_were()
    {
        (Loss Loss, bool Sparse)[] losses =
        [
            (new MeanSquaredError(), false), (new MeanAbsoluteError(Reduction.Sum), false), (new HuberLoss(0.5f), false),
            (new BinaryCrossentropy(labelSmoothing: 0.1f), false), (new CategoricalCrossentropy(labelSmoothing: 0.2f), false),
            (new SparseCategoricalCrossentropy(ignoreClass: 1), true), (new CategoricalFocalLoss(0.3f, 1.5f, 0.01f, 0.02f, labelSmoothing: 0.1f), false),
            (new SparseCategoricalFocalLoss([0.3f, 0.6f], 1.5f), true), (new BinaryFocalLoss(0.4f, 1, 2), false),
        ];
        Tensor prediction = Tensor.From(NDArray.From([3, 2], [0.2f, 0.8f, 0.6f, 0.4f, 0.5f, 0.5f]));
        foreach ((Loss loss, bool sparse) in losses)
        {
            foreach (string name in (string[])["loss.keras", "loss.h5"])
            {
                using Sequential model = Networks.Small();
                model.Compile(new SGD(), loss);
                KerasModel.Save(model, _folder[name]);
                using Model loaded = KerasModel.Load(_folder[name]);
                NDArray target = sparse ? new[] { 0, 1, 0 } : NDArray.From([3, 2], [1f, 0, 0, 1, 0.3f, 0.7f]);
                Assert.Equal(loss.Call(target, prediction).Item(), loaded.Loss!.Call(target, prediction).Item());
                Assert.Equal(loss.Name, loaded.Loss.Name);
                Assert.Equal(loss.GetType(), loaded.Loss.GetType());
            }
        }
    }

    [Fact]
    public void Frozen_layers_and_models_inside_models_make_a_round_trip()
    {
        using var model = new Sequential
        {
            new Input((6, 6, 2)),
            new Sequential("body") { new Input((6, 6, 2)), new Conv2D(3, 3, activation: "relu"), new BatchNormalization(), new Conv2D(2, 2) },
            new Flatten(),
            new Dense(2),
        };
        model.Layers[0].Trainable = false;
        Networks.Randomise(model);
        KerasModel.Save(model, _folder["nested.keras"]);
        using Model loaded = KerasModel.Load(_folder["nested.keras"]);
        Assert.Equal(model.TrainableVariables.Select(variable => variable.Name), loaded.TrainableVariables.Select(variable => variable.Name));
        Assert.Equal(2, loaded.TrainableVariables.Count);
        ModelAssert.Same(model, loaded);
    }

    [Fact]
    public void Weights_alone_make_a_round_trip()
    {
        using Sequential model = Networks.Small(), same = Networks.Small(), other = Networks.Small(filters: 5);
        model.Compile(new Adam(), new MeanSquaredError());
        same.Compile(new Adam(), new MeanSquaredError());
        Networks.Train(model);
        KerasModel.SaveWeights(model, _folder["a.weights.h5"]);
        KerasModel.LoadWeights(same, _folder["a.weights.h5"]);
        ModelAssert.Same(model, same);
        Assert.Equal(3, same.Optimizer!.Iterations);
        Assert.Equal(Sorted(model.Optimizer!), Sorted(same.Optimizer));

        float[] before = Flat(other);
        string message = Assert.Throws<InvalidDataException>(() => KerasModel.LoadWeights(other, _folder["a.weights.h5"])).Message;
        Assert.Equal($"{_folder["a.weights.h5"]}: 'layers/conv2d/vars/0': expected [3, 3, 3, 5], found [3, 3, 3, 4]", message);
        Assert.Equal(before, Flat(other));

        // Every kind of file gives its weights.
        KerasModel.Save(model, _folder["a.keras"]);
        KerasModel.Save(model, _folder["a.h5"]);
        foreach (string name in (string[])["a.keras", "a.h5"])
        {
            using Sequential again = Networks.Small();
            KerasModel.LoadWeights(again, _folder[name]);
            ModelAssert.Same(model, again);
        }
    }

    [Fact]
    public void Layers_and_losses_of_ones_own_are_registered()
    {
        using var model = new Sequential { new Input(4), new Shift(0.5f), new Dense(2) };
        model.Compile(new SGD(), new Power(3));
        string message = Assert.Throws<NotSupportedException>(() => KerasModel.Save(model, _folder["own.keras"])).Message;
        Assert.Contains("Shift 'shift'", message, StringComparison.Ordinal);
        Assert.Contains(nameof(CustomObjects), message, StringComparison.Ordinal);
        Assert.Empty(_folder.Names);

        CustomObjects custom = new CustomObjects()
            .AddLayer("Shop>Shift", layer => new JsonObject { ["by"] = layer.By }, (config, name) => new Shift(config.GetProperty("by").GetSingle(), name))
            .AddLoss("Shop>Power", loss => new JsonObject { ["exponent"] = loss.Exponent }, config => new Power(config.GetProperty("exponent").GetSingle()));
        foreach (string name in (string[])["own.keras", "own.h5"])
        {
            KerasModel.Save(model, _folder[name], customObjects: custom);
            message = Assert.Throws<InvalidDataException>(() => KerasModel.Load(_folder[name])).Message;
            Assert.Contains("there is no layer 'Shop>Shift' here; known are Activation, Add, Average", message, StringComparison.Ordinal);
            using Model loaded = KerasModel.Load(_folder[name], customObjects: custom);
            ModelAssert.Same(model, loaded);
            Assert.Equal(3, Assert.IsType<Power>(loaded.Loss).Exponent);
        }
    }

    [Theory]
    [InlineData("dense", "units", "\"many\"", "layer 'dense' (Dense): 'units': expected a whole number, found \"many\"")]
    [InlineData("dense", "units", "0", "units")]
    [InlineData("dense", "units", "2000000", "more than the file holds")]
    [InlineData("dense", "activation", "\"mystery\"", "there is no activation 'mystery'")]
    [InlineData("dense", "dtype", "\"float64\"", "expected float32, found float64")]
    [InlineData("dense", "kernel_initializer", "{\"class_name\": \"Magic\", \"config\": {}}", "the initializer 'Magic' is not supported")]
    [InlineData("dense", "kernel_constraint", "{\"class_name\": \"Odd\", \"config\": {}}", "there is no constraint 'Odd' here")]
    [InlineData("dense", "bias_regularizer", "\"l3\"", "there is no regularizer 'l3' here")]
    [InlineData("conv2d", "data_format", "\"channels_first\"", "expected channels_last, found channels_first")]
    [InlineData("conv2d", "kernel_size", "[50, 50]", "larger than the input")]
    [InlineData("conv2d", "strides", "[1, 2, 3]", "a number or two")]
    [InlineData("conv2d", "padding", "\"around\"", "expected valid or same")]
    public void Settings_that_cannot_be_are_described(string layer, string setting, string value, string expected)
    {
        using Sequential model = Networks.Small();
        KerasModel.Save(model, _folder["whole.keras"]);
        Rewrite(_folder["whole.keras"], _folder["changed.keras"], config =>
        {
            JsonNode settings = config["config"]!["layers"]!.AsArray().Single(item => item!["config"]!["name"]!.GetValue<string>() == layer)!["config"]!;
            settings[setting] = JsonNode.Parse(value);
        });
        string message = Assert.Throws<InvalidDataException>(() => KerasModel.Load(_folder["changed.keras"])).Message;
        Assert.StartsWith(_folder["changed.keras"], message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_losses_do_not_stand_in_the_way_of_predictions()
    {
        using Sequential model = Networks.Small();
        model.Compile(new Adam(), new MeanSquaredError());
        KerasModel.Save(model, _folder["whole.keras"]);
        Rewrite(_folder["whole.keras"], _folder["changed.keras"], config => config["compile_config"]!["loss"] = "mystery");
        string message = Assert.Throws<InvalidDataException>(() => KerasModel.Load(_folder["changed.keras"])).Message;
        Assert.Contains("there is no loss 'mystery' here; known are BinaryCrossentropy", message, StringComparison.Ordinal);
        using Model loaded = KerasModel.Load(_folder["changed.keras"], compile: false);
        Assert.Null(loaded.Optimizer);
        ModelAssert.Same(model, loaded);
    }

    [Fact]
    public void What_is_no_model_is_described()
    {
        File.WriteAllText(_folder["text.keras"], "no model");
        File.WriteAllBytes(_folder["empty.h5"], []);
        File.WriteAllBytes(_folder["zip.keras"], [.. "PK"u8, 3, 4, 0, 0]);
        foreach (string name in (string[])["text.keras", "empty.h5", "zip.keras"])
            Assert.StartsWith(_folder[name], Assert.Throws<InvalidDataException>(() => KerasModel.Load(_folder[name])).Message, StringComparison.Ordinal);
        _ = Assert.Throws<FileNotFoundException>(() => KerasModel.Load(_folder["none.keras"]));
        using Sequential model = Networks.Small();
        using var unbuilt = new Sequential { new Dense(1) };
        _ = Assert.Throws<ArgumentException>(() => KerasModel.Save(model, _folder["model.bin"]));
        _ = Assert.Throws<ArgumentException>(() => KerasModel.Save(model, _folder["model.weights.h5"]));
        _ = Assert.Throws<ArgumentException>(() => KerasModel.SaveWeights(model, _folder["model.h5"]));
        _ = Assert.Throws<InvalidOperationException>(() => KerasModel.Save(unbuilt, _folder["model.keras"]));
        Assert.DoesNotContain(_folder.Names, name => name.Contains("tmp", StringComparison.Ordinal) || name.StartsWith("model", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/outside")]
    [InlineData("..\\outside")]
    [InlineData("config.json")]
    public void Parts_that_lie_outside_of_the_archive_are_refused(string name)
    {
        using Sequential model = Networks.Small();
        KerasModel.Save(model, _folder["a.keras"]);
        using (ZipArchive zip = ZipFile.Open(_folder["a.keras"], ZipArchiveMode.Update))
            _ = zip.CreateEntry(name);
        string message = Assert.Throws<InvalidDataException>(() => KerasModel.Load(_folder["a.keras"])).Message;
        Assert.Contains(name, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bombs_are_refused_before_they_unpack()
    {
        using (ZipArchive zip = ZipFile.Open(_folder["bomb.keras"], ZipArchiveMode.Create))
        {
            using Stream part = zip.CreateEntry("config.json", CompressionLevel.SmallestSize).Open();
            byte[] blanks = Encoding.UTF8.GetBytes(new string(' ', 1 << 20));
            for (int i = 0; i < 256; i++)
                part.Write(blanks);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<InvalidDataException>(() => KerasModel.Load(_folder["bomb.keras"])).Message;
        Assert.Contains("would unpack to 268435456", message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000_000);
    }

    private static string ConfigOf(string path)
    {
        if (path.EndsWith(".h5", StringComparison.Ordinal))
        {
            using var reader = new Hdf5Reader(File.OpenRead(path), path);
            return reader.Text("/", "model_config")!;
        }

        using ZipArchive zip = ZipFile.OpenRead(path);
        using var text = new StreamReader(zip.GetEntry("config.json")!.Open());
        return text.ReadToEnd();
    }

    private static void Rewrite(string from, string to, Action<JsonNode> change)
    {
        File.Copy(from, to);
        JsonNode config = JsonNode.Parse(ConfigOf(from))!;
        change(config);
        using ZipArchive zip = ZipFile.Open(to, ZipArchiveMode.Update);
        zip.GetEntry("config.json")!.Delete();
        using Stream part = zip.CreateEntry("config.json").Open();
        part.Write(Encoding.UTF8.GetBytes(config.ToJsonString()));
    }

    private static float[] Flat(Model model) => [.. model.Variables.SelectMany(variable => variable.Value.ToArray())];

    [Fact]
    public void Limits_of_gradients_and_weight_decay_come_back()
    {
        using Sequential model = Networks.Small();
        model.Compile(new SGD(0.1f, momentum: 0.5f) { ClipNorm = 1.5f, LossScaleFactor = 8, WeightDecay = 0.25f }, new CategoricalCrossentropy());
        KerasModel.Save(model, _folder["limits.keras"]);
        using Model loaded = KerasModel.Load(_folder["limits.keras"]);
        SGD optimizer = Assert.IsType<SGD>(loaded.Optimizer);
        Assert.Equal((1.5f, null, null, 8f, 0.25f, 0.5f), (optimizer.ClipNorm, optimizer.GlobalClipNorm, optimizer.ClipValue, optimizer.LossScaleFactor, optimizer.WeightDecay, optimizer.Momentum));
    }

    [Fact]
    public void Settings_that_are_not_written_are_named()
    {
        using Sequential model = Networks.Small();
        model.Compile(new Adam(new ExponentialDecay(0.1, 10, 0.9)), new CategoricalCrossentropy());
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => KerasModel.Save(model, _folder["schedule.keras"]));
        Assert.Contains("'adam' has a schedule", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["schedule.keras"]));
        KerasModel.Save(model, _folder["schedule.keras"], includeOptimizer: false);
    }

    private static IEnumerable<(string Name, float[] Values)> Sorted(Optimizer optimizer) =>
        optimizer.Variables.Select(variable => (variable.Name, variable.Value.ToArray())).OrderBy(state => state.Name, StringComparer.Ordinal);

    private sealed class Shift(float by, string? name = null) : Layer(name)
    {
        public float By => by;

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Forward(Tensor x, bool training) => x + by;
    }

    private sealed class Power(float exponent) : Loss("power", Reduction.SumOverBatchSize)
    {
        public float Exponent => exponent;

        protected override Tensor PerExample(Tensor yTrue, Tensor yPred) => (SameShape(yTrue, yPred) - yPred).Abs().Pow(exponent).Mean(-1);
    }
}
