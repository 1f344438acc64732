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
            foreach (string optimizer in (string[])[
                "adam", "adamw", "sgd", "momentum", "rmsprop", "rmsprop momentum", "lion", "schedule", "average", "accumulated", "all",
                "amsgrad", "amsgrad average", "centered", "centered momentum", "scaled", "scaled sgd", "scaled schedule",
                "adagrad", "adadelta", "adamax", "nadam", "ftrl"])
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
            "lion" => new Lion(0.001f, weightDecay: 0.01f),
            "schedule" => new Adam(new CosineDecay(0.01, 5)),
            "average" => new SGD(0.1f) { UseEma = true, EmaMomentum = 0.5f, EmaOverwriteFrequency = 2 },
            "accumulated" => new Adam(0.01f) { GradientAccumulationSteps = 2 },
            "amsgrad" => new Adam(0.01f, 0.5f, 0.6f, amsGrad: true),
            "amsgrad average" => new AdamW(0.01f, 0.1f, 0.5f, 0.6f, amsGrad: true) { UseEma = true, GradientAccumulationSteps = 2 },
            "centered" => new RMSprop(0.01f, 0.8f, centered: true),
            "adagrad" => new Adagrad(0.01f, 0.25f, 1e-5f),
            "adadelta" => new Adadelta(0.5f, 0.8f, 1e-5f) { UseEma = true },
            "adamax" => new Adamax(0.01f, 0.8f, 0.9f, 1e-5f) { GradientAccumulationSteps = 2 },
            "nadam" => new Nadam(0.01f, 0.8f, 0.9f, 1e-5f) { UseEma = true, GradientAccumulationSteps = 2 },
            "ftrl" => new Ftrl(0.1f, -0.75f, 0.2f, 0.001f, 0.01f, 0.02f, 0.5f),
            "centered momentum" => new RMSprop(0.01f, 0.8f, 0.5f, centered: true) { UseEma = true },
            "scaled" => new LossScaleOptimizer(new Adam(0.01f, amsGrad: true) { GlobalClipNorm = 1 }, initialScale: 1024, dynamicGrowthSteps: 2),
            "scaled sgd" => new LossScaleOptimizer(new SGD(0.1f)),
            "scaled schedule" => new LossScaleOptimizer(new RMSprop(new CosineDecay(0.01, 5), momentum: 0.5f) { UseEma = true }),
            _ => new RMSprop(new ExponentialDecay(0.01, 2, 0.5), momentum: 0.5f) { UseEma = true, GradientAccumulationSteps = 2, LossScaleFactor = 4 },
        };
        model.Compile(optimizer, new CategoricalFocalLoss([0.25f, 0.75f], gamma: 1.5f, l2: 0.01f), [new CategoricalAccuracy()]);
        Networks.Train(model);
        if (optimizer.Schedule.IsConstant)
            optimizer.LearningRate *= 0.5f;
        KerasModel.Save(model, _folder[file]);
        using Model loaded = KerasModel.Load(_folder[file]);
        Assert.Equal(3 / (optimizer.GradientAccumulationSteps ?? 1), loaded.Optimizer!.Iterations);
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
            (new KLDivergence(), false), (new LogCosh(), false), (new CosineSimilarity(), false), (new Hinge(), false), (new SquaredHinge(), false),
            (new CategoricalHinge(Reduction.Sum), false), (new Poisson(), false), (new MeanAbsolutePercentageError(), false),
            (new MeanSquaredLogarithmicError(), false),
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
            Assert.Contains("there is no layer 'Shop>Shift' here; known are Activation, ActivityRegularization, Add, Average", message, StringComparison.Ordinal);
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
    public void Layers_that_are_functions_make_a_round_trip_as_Keras_writes_them()
    {
        using var model = new Sequential
        {
            new Input((7, 6, 2)), new Conv2D(3, 3, activation: "relu6"), new ReLU(6, 0.125f), new LeakyReLU(0.25f), new ELU(0.5f), new Cropping2D((1, 0), (0, 2)),
            new Flatten(), new Dense(3, activation: "selu"), new Activation("log_softmax"),
        };
        foreach (string name in (string[])["model.keras", "model.h5"])
        {
            KerasModel.Save(model, _folder[name]);
            using Model loaded = KerasModel.Load(_folder[name]);
            ModelAssert.Same(model, loaded);
        }

        // relu.py, leaky_relu.py, elu.py and cropping2d.py of Keras 3.
        JsonNode[] settings = [.. JsonNode.Parse(ConfigOf(_folder["model.keras"]))!["config"]!["layers"]!.AsArray().Select(layer => layer!["config"]!)];
        Assert.Equal((6f, 0.125f, 0f), ((float)settings[2]["max_value"]!, (float)settings[2]["negative_slope"]!, (float)settings[2]["threshold"]!));
        Assert.Equal((0.25f, 0.5f), ((float)settings[3]["negative_slope"]!, (float)settings[4]["alpha"]!));
        Assert.Equal("[[1,0],[0,2]]", settings[5]["cropping"]!.ToJsonString());

        Rewrite(_folder["model.keras"], _folder["softmax.keras"], config =>
        {
            JsonNode last = config["config"]!["layers"]!.AsArray()[^1]!;
            (last["class_name"], last["config"]) = ("Softmax", new JsonObject { ["name"] = "softmax", ["axis"] = -1 });
        });
        using Model softmax = KerasModel.Load(_folder["softmax.keras"]);
        Assert.Equal("softmax", Assert.IsType<Activation>(softmax.Layers[^1]).Function);
    }

    [Fact]
    public void Normalizations_say_how_their_weights_begin_and_what_they_are_held_to_as_Keras_does()
    {
        using var scope = new TensorScope();
        using var model = new Sequential
        {
            new Input(4),
            new BatchNormalization(
                betaInitializer: new Constant(0.5f), gammaInitializer: new Zeros(), movingMeanInitializer: new Ones(), movingVarianceInitializer: new Constant(2),
                betaRegularizer: new L1(0.25f), gammaRegularizer: new L2(0.5f), betaConstraint: new UnitNorm(), gammaConstraint: new MinMaxNorm(0.5f, 2)),
            new LayerNormalization(gammaConstraint: new NonNeg(), betaRegularizer: new L1L2(0.5f, 0.25f)),
        };
        foreach (string name in (string[])["model.keras", "model.h5"])
        {
            KerasModel.Save(model, _folder[name]);
            using Model loaded = KerasModel.Load(_folder[name]);
            var batch = (BatchNormalization)loaded.Layers[0];
            Assert.Equal(0.5f, Assert.IsType<Constant>(batch.BetaInitializer).Value);
            Assert.IsType<Zeros>(batch.GammaInitializer);
            Assert.IsType<Ones>(batch.MovingMeanInitializer);
            Assert.Equal(2, Assert.IsType<Constant>(batch.MovingVarianceInitializer).Value);
            Assert.Equal(0.25f, Assert.IsType<L1>(batch.BetaRegularizer).L1);
            Assert.Equal(0.5f, Assert.IsType<L2>(batch.GammaRegularizer).L2);
            Assert.IsType<UnitNorm>(batch.BetaConstraint);
            Assert.Equal((0.5f, 2f), (Assert.IsType<MinMaxNorm>(batch.GammaConstraint).MinValue, ((MinMaxNorm)batch.GammaConstraint!).MaxValue));
            var layer = (LayerNormalization)loaded.Layers[1];
            Assert.IsType<NonNeg>(layer.GammaConstraint);
            L1L2 both = Assert.IsType<L1L2>(layer.BetaRegularizer);
            Assert.Equal((0.5f, 0.25f), (both.L1, both.L2));
            Assert.Null(layer.BetaConstraint);
            Assert.Equal(model.Losses.Sum(loss => loss.Item()), loaded.Losses.Sum(loss => loss.Item()));
        }

        // batch_normalization.py of Keras 3.
        JsonNode settings = JsonNode.Parse(ConfigOf(_folder["model.keras"]))!["config"]!["layers"]![1]!["config"]!;
        Assert.Equal("Constant", (string?)settings["beta_initializer"]!["class_name"]);
        Assert.Equal(2, (float)settings["moving_variance_initializer"]!["config"]!["value"]!);
        Assert.Equal("MinMaxNorm", (string?)settings["gamma_constraint"]!["class_name"]);
        Assert.Contains(
            "LayerNormalization has no constraints", Assert.Throws<NotSupportedException>(() => TensorFlowJsModel.Save(model, _folder["js"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_that_change_pictures_by_chance_make_a_round_trip()
    {
        using var model = new Sequential
        {
            new Input((12, 11, 3)), new Resizing(10, 9, SampleInterpolation.Nearest, cropToAspectRatio: true), new RandomFlip(FlipMode.Vertical, seed: 1),
            new RandomRotation((-0.1f, 0.2f), FillMode.Constant, fillValue: 0.5f, seed: 2), new RandomZoom(0.25f, (0, 0.5f), seed: 3), new RandomZoom(0.125f, seed: 4),
            new RandomTranslation(0.25f, (-0.5f, 0), FillMode.Wrap, SampleInterpolation.Nearest, seed: 5), new RandomContrast((-0.25f, 0.5f), seed: 6),
            new RandomBrightness(0.25f, (0, 255), seed: 7), new RandomCrop(8, 8, seed: 8), new CenterCrop(7, 6), new GaussianNoise(0.5f, seed: 9),
            new SpatialDropout2D(0.25f, seed: 10), new GaussianDropout(0.25f, seed: 11), new PReLU(new Constant(0.5f), sharedAxes: [1, 2]), new Permute([3, 1, 2]),
            new GroupNormalization(3), new UnitNormalization(), new ActivityRegularization(0.5f), new Flatten(), new Dense(2),
        };
        Networks.Randomise(model);
        NDArray x = Networks.Batch(model, 3);
        float[] before = model.Call(x, training: true).ToArray();
        foreach (string name in (string[])["model.keras", "model.h5"])
        {
            KerasModel.Save(model, _folder[name]);
            using Model loaded = KerasModel.Load(_folder[name]);
            ModelAssert.Same(model, loaded);

            // The same settings and seeds: the same chances.
            Assert.Equal(before, loaded.Call(x, training: true).ToArray());
        }

        // random_contrast.py, random_zoom.py and random_flip.py of Keras 3; a contrast goes from 1 - the first to 1 + the second.
        JsonNode[] settings = [.. JsonNode.Parse(ConfigOf(_folder["model.keras"]))!["config"]!["layers"]!.AsArray().Select(layer => layer!["config"]!)];
        Assert.Equal("[0.25,0.5]", settings.Single(item => item["name"]!.GetValue<string>() == "random_contrast")["factor"]!.ToJsonString());
        Assert.Null(settings.Single(item => item["name"]!.GetValue<string>() == "random_zoom_1")["width_factor"]);
        Assert.Equal("vertical", settings.Single(item => item["name"]!.GetValue<string>() == "random_flip")["mode"]!.GetValue<string>());
        Assert.Contains("TensorFlow.js has no such Resizing", Assert.Throws<NotSupportedException>(() => TensorFlowJsModel.Save(model, _folder["js"])).Message, StringComparison.Ordinal);
        using var unlike = new Sequential { new Input((4, 4, 1)), new RandomContrast((0.25f, 0.5f)) };
        Assert.Contains("both sides of 1", Assert.Throws<NotSupportedException>(() => KerasModel.Save(unlike, _folder["unlike.keras"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_that_Keras_2_calls_by_the_same_name_are_not_mistaken()
    {
        using var model = new Sequential { new Input(3), new Dense(2, activation: "hard_sigmoid") };
        KerasModel.Save(model, _folder["model.keras"]);
        using Model loaded = KerasModel.Load(_folder["model.keras"]);
        ModelAssert.Same(model, loaded);
        Assert.Contains("'dense': the activation 'hard_sigmoid' is another function there", Assert.Throws<NotSupportedException>(() => KerasModel.Save(model, _folder["model.h5"])).Message, StringComparison.Ordinal);
        Assert.Contains("'dense': the activation 'hard_sigmoid' is another function there", Assert.Throws<NotSupportedException>(() => TensorFlowJsModel.Save(model, _folder["js"])).Message, StringComparison.Ordinal);

        using var other = new Sequential { new Input(3), new Dense(2, activation: "relu") };
        TensorFlowJsModel.Save(other, _folder["js"]);
        string path = Path.Combine(_folder["js"], TensorFlowJsModel.ModelFile);
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"relu\"", "\"hard_sigmoid\"", StringComparison.Ordinal));
        Assert.Contains("hard_sigmoid is another function in such files than here", Assert.Throws<InvalidDataException>(() => TensorFlowJsModel.Load(_folder["js"])).Message, StringComparison.Ordinal);
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
        string folder = Directory.CreateDirectory(_folder["folder.keras"]).FullName, expected = $"{folder}: a folder, expected a file";
        Assert.Equal(expected, Assert.Throws<InvalidDataException>(() => KerasModel.Load(folder)).Message);
        Assert.Equal(expected, Assert.Throws<InvalidDataException>(() => OnnxModel.Import(folder)).Message);
        Assert.Equal(expected, Assert.Throws<InvalidDataException>(() => new SafetensorsMap(folder)).Message);
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

    public static TheoryData<string, string> Schedules() => new()
    {
        { "exponential", """{"initial_learning_rate":0.1,"decay_steps":7,"decay_rate":0.96,"staircase":true,"name":"ExponentialDecay"}""" },
        { "pieces", """{"boundaries":[5,11],"values":[0.3,0.02,0.001],"name":"PiecewiseConstantDecay"}""" },
        { "polynomial", """{"initial_learning_rate":0.1,"decay_steps":7,"end_learning_rate":0.01,"power":2,"cycle":true,"name":"PolynomialDecay"}""" },
        { "inverse", """{"initial_learning_rate":0.1,"decay_steps":7,"decay_rate":0.5,"staircase":false,"name":"InverseTimeDecay"}""" },
        { "cosine", """{"initial_learning_rate":0,"decay_steps":7,"alpha":0.1,"warmup_target":0.1,"warmup_steps":3,"name":"CosineDecay"}""" },
        { "restarts", """{"initial_learning_rate":0.1,"first_decay_steps":3,"t_mul":2,"m_mul":0.5,"alpha":0.1,"name":"CosineDecayRestarts"}""" },
    };

    [Theory]
    [MemberData(nameof(Schedules))]
    public void Schedules_are_written_as_Keras_does_and_come_back(string name, string config)
    {
        LearningRateSchedule schedule = name switch
        {
            "exponential" => new ExponentialDecay(0.1, 7, 0.96, staircase: true),
            "pieces" => new PiecewiseConstantDecay([5, 11], [0.3, 0.02, 0.001]),
            "polynomial" => new PolynomialDecay(0.1, 7, 0.01, 2, cycle: true),
            "inverse" => new InverseTimeDecay(0.1, 7, 0.5),
            "cosine" => new CosineDecay(0, 7, 0.1, 0.1, 3),
            _ => new CosineDecayRestarts(0.1, 3, 2, 0.5, 0.1),
        };
        using Sequential model = Networks.Small();
        model.Compile(new Adam(schedule), new CategoricalCrossentropy());
        foreach (string file in (string[])["schedule.keras", "schedule.h5"])
        {
            KerasModel.Save(model, _folder[file]);
            using Model loaded = KerasModel.Load(_folder[file]);
            for (long step = 0; step < 40; step++)
                Assert.Equal(schedule.Call(step), loaded.Optimizer!.Schedule.Call(step));
        }

        // module, class_name, config, registered_name: keras/src/saving/serialization_lib.py.
        JsonNode written = JsonNode.Parse(ConfigOf(_folder["schedule.keras"]))!["compile_config"]!["optimizer"]!["config"]!["learning_rate"]!;
        var expected = new JsonObject
        {
            ["module"] = "keras.optimizers.schedules",
            ["class_name"] = schedule.GetType().Name,
            ["config"] = JsonNode.Parse(config),
            ["registered_name"] = null,
        };
        Assert.True(JsonNode.DeepEquals(expected, written), written.ToJsonString());
    }

    [Fact]
    public void Schedules_that_cannot_be_are_named()
    {
        using Sequential model = Networks.Small();
        model.Compile(new Adam(new ExponentialDecay(0.1, 7, 0.9)), new CategoricalCrossentropy());
        KerasModel.Save(model, _folder["a.keras"]);
        void Expect(string message, string name, Action<JsonNode> change)
        {
            Rewrite(_folder["a.keras"], _folder[name], config => change(config["compile_config"]!["optimizer"]!["config"]!["learning_rate"]!));
            InvalidDataException error = Assert.Throws<InvalidDataException>(() => KerasModel.Load(_folder[name]));
            Assert.StartsWith(_folder[name], error.Message, StringComparison.Ordinal);
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }

        Expect("schedule 'WarmUp': there is no such schedule here; known are ExponentialDecay", "b.keras", rate => rate["class_name"] = "WarmUp");
        Expect("schedule 'ExponentialDecay': decaySteps is at least 1", "c.keras", rate => rate["config"]!["decay_steps"] = 0);
        Expect("the first rate is -1", "d.keras", rate => rate["config"]!["initial_learning_rate"] = -1);
        Expect("there is no 'decay_rate'", "e.keras", rate => rate["config"]!.AsObject().Remove("decay_rate"));

        model.Compile(new Adam(new Halving()), new CategoricalCrossentropy());
        NotSupportedException own = Assert.Throws<NotSupportedException>(() => KerasModel.Save(model, _folder["own.keras"]));
        Assert.Contains("schedule Halving has no name in Keras; known are", own.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["own.keras"]));
        KerasModel.Save(model, _folder["own.keras"], includeOptimizer: false);
    }

    // The variables' order in a file: base_optimizer.py's build makes averages, then sums of gradients; then comes the optimizer's own.
    [Fact]
    public void Averages_and_sums_of_gradients_stand_before_the_optimizers_own_state()
    {
        using var model = new Sequential { new Input(3), new Dense(2) };
        var optimizer = new Adam(new CosineDecay(0.1, 10)) { UseEma = true, EmaMomentum = 0.9f, EmaOverwriteFrequency = 3, GradientAccumulationSteps = 2 };
        model.Compile(optimizer, new MeanSquaredError());
        Networks.Train(model);
        KerasModel.SaveWeights(model, _folder["a.weights.h5"]);
        using var file = new Hdf5Reader(File.OpenRead(_folder["a.weights.h5"]), "a");
        Assert.Equal(1 + (4 * 2), file.Names("optimizer/vars").Count);
        Assert.Equal(3, file.ReadWhole("optimizer/vars/0"));
        string[] order = ["kernel/average", "bias/average", "kernel/gradient_accumulator", "bias/gradient_accumulator", "kernel/momentum", "kernel/velocity", "bias/momentum", "bias/velocity"];
        for (int i = 0; i < order.Length; i++)
        {
            Variable variable = optimizer.Variables.Single(variable => variable.Name.EndsWith(order[i], StringComparison.Ordinal));
            Assert.Equal(variable.Value.ToArray(), file.Read($"optimizer/vars/{i + 1}", variable.Shape).ToFloats());
        }
    }

    // loss_scale_optimizer.py: its own variables, those of the inner optimizer, and the latter once more beside.
    [Fact]
    public void An_optimizer_that_scales_the_loss_is_written_as_Keras_does()
    {
        using var model = new Sequential { new Input(3), new Dense(2) };
        var optimizer = new LossScaleOptimizer(new Adam(0.01f, amsGrad: true) { ClipNorm = 2 }, initialScale: 4, dynamicGrowthSteps: 2);
        model.Compile(optimizer, new MeanSquaredError());
        Networks.Train(model);
        KerasModel.Save(model, _folder["scaled.keras"]);
        JsonNode written = JsonNode.Parse(ConfigOf(_folder["scaled.keras"]))!["compile_config"]!["optimizer"]!;
        Assert.Equal(("keras.optimizers", "LossScaleOptimizer"), ((string?)written["module"], (string?)written["class_name"]));
        Assert.Equal(["name", "inner_optimizer", "initial_scale", "dynamic_growth_steps"], written["config"]!.AsObject().Select(setting => setting.Key));
        Assert.Equal("Adam", (string?)written["config"]!["inner_optimizer"]!["class_name"]);
        Assert.True((bool)written["config"]!["inner_optimizer"]!["config"]!["amsgrad"]!);

        KerasModel.SaveWeights(model, _folder["a.weights.h5"]);
        using var file = new Hdf5Reader(File.OpenRead(_folder["a.weights.h5"]), "a");
        Assert.Equal(4 + 2 + 6, file.Names("optimizer/vars").Count);
        Assert.Equal((0L, 0f), (file.ReadWhole("optimizer/vars/0"), file.Read("optimizer/vars/1", Shape.Scalar).ToFloats()[0]));
        Assert.Equal((1L, 8f), (file.ReadWhole("optimizer/vars/2"), file.Read("optimizer/vars/3", Shape.Scalar).ToFloats()[0]));
        string[] order = ["kernel/momentum", "kernel/velocity", "bias/momentum", "bias/velocity", "kernel/velocity_hat", "bias/velocity_hat"];
        foreach ((string path, int first) in (ReadOnlySpan<(string, int)>)[("optimizer/vars", 4), ("optimizer/inner_optimizer/vars", 0)])
        {
            Assert.Equal((3L, 0.01f), (file.ReadWhole($"{path}/{first}"), file.Read($"{path}/{first + 1}", Shape.Scalar).ToFloats()[0]));
            for (int i = 0; i < order.Length; i++)
            {
                Variable variable = optimizer.Variables.Single(variable => variable.Name.EndsWith(order[i], StringComparison.Ordinal));
                Assert.Equal(variable.Value.ToArray(), file.Read($"{path}/{first + 2 + i}", variable.Shape).ToFloats());
            }
        }

        // Keras makes counter and factor with the first step; a file from before it has neither.
        using var fresh = new LossScaleOptimizer(new Adam());
        Assert.Equal(
            ["loss_scale_optimizer/iteration", "loss_scale_optimizer/learning_rate", "adam/iteration", "adam/learning_rate"],
            OptimizerEntries.Of(fresh, 4, [])!.Select(entry => entry.Name));
        Assert.Null(OptimizerEntries.Of(fresh, 7, model.TrainableVariables));
    }

    [Fact]
    public void What_is_no_model_at_all_is_said_to_be_none()
    {
        string path = _folder["a.keras"];
        File.WriteAllText(path, "hello");
        Assert.Equal(
            $"{path}: neither a .keras file, which is a zip archive, nor an HDF5 file",
            Assert.Throws<InvalidDataException>(() => KerasModel.Load(path)).Message);
    }

    [Fact]
    public void Files_of_Keras_2_hold_the_inner_optimizers_state_alone()
    {
        using Sequential model = Networks.Small(), other = Networks.Small();
        model.Compile(new LossScaleOptimizer(new Adam(0.01f)), new MeanSquaredError());
        other.Compile(new LossScaleOptimizer(new Adam(0.01f), initialScale: 16), new MeanSquaredError());
        Networks.Train(model);
        var inner = (LossScaleOptimizer)model.Optimizer!;
        var writer = new Hdf5Writer();
        LegacyWeights.WriteState(inner.InnerOptimizer, writer);
        using (FileStream stream = File.Create(_folder["state.h5"]))
            writer.Save(stream);
        using var file = new Hdf5Reader(File.OpenRead(_folder["state.h5"]), "state.h5");
        LegacyWeights.ReadState(other, file);
        Assert.Equal(Sorted(inner.InnerOptimizer), Sorted(((LossScaleOptimizer)other.Optimizer!).InnerOptimizer));
        Assert.Equal((3L, 16f), (other.Optimizer!.Iterations, ((LossScaleOptimizer)other.Optimizer).DynamicScale));

        // Its first optimizers have one kind of state after the other.
        using var amsgrad = new Adam(amsGrad: true);
        using var plain = new Dense(1);
        plain.Build((Shape.Unknown, 1));
        amsgrad.Build(plain.TrainableVariables);
        Assert.Equal(
            ["kernel_momentum", "bias_momentum", "kernel_velocity", "bias_velocity", "kernel_velocity_hat", "bias_velocity_hat"],
            OptimizerEntries.OldState(amsgrad).Select(entry => entry.Name.Replace("adam/dense_", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Settings_of_an_optimizer_that_scales_the_loss_that_cannot_be_are_named()
    {
        using Sequential model = Networks.Small();
        model.Compile(new LossScaleOptimizer(new Adam()), new CategoricalCrossentropy());
        KerasModel.Save(model, _folder["a.keras"]);
        int number = 0;
        void Expect(string message, Action<JsonNode> change)
        {
            string name = $"{number++}.keras";
            Rewrite(_folder["a.keras"], _folder[name], config => change(config["compile_config"]!["optimizer"]!["config"]!));
            InvalidDataException error = Assert.Throws<InvalidDataException>(() => KerasModel.Load(_folder[name]));
            Assert.StartsWith(_folder[name], error.Message, StringComparison.Ordinal);
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }

        Expect("'dynamic': false is not supported", config => config["dynamic"] = false);
        Expect("options of the inner optimizer", config => config["clipnorm"] = 1);
        Expect("initialScale", config => config["initial_scale"] = -2);
        Expect("scales losses already", config => config["inner_optimizer"]!["config"]!["loss_scale_factor"] = 2);
        Expect("there is no 'inner_optimizer'", config => config.AsObject().Remove("inner_optimizer"));
        Expect("optimizer 'LossScaleOptimizer': optimizer 'Muon': there is no such optimizer here", config => config["inner_optimizer"]!["class_name"] = "Muon");

        // What the first Keras 3 wrote besides says nothing.
        Rewrite(_folder["a.keras"], _folder["old.keras"], config =>
        {
            JsonNode settings = config["compile_config"]!["optimizer"]!["config"]!;
            (settings["learning_rate"], settings["clipnorm"], settings["use_ema"], settings["ema_momentum"]) = (0, null, false, 0.99f);
        });
        using Model loaded = KerasModel.Load(_folder["old.keras"]);
        Assert.Equal(32768, Assert.IsType<LossScaleOptimizer>(loaded.Optimizer).InitialScale);
    }

    private static IEnumerable<(string Name, float[] Values)> Sorted(Optimizer optimizer) =>
        optimizer.Variables.Select(variable => (variable.Name, variable.Value.ToArray())).OrderBy(state => state.Name, StringComparer.Ordinal);

    private sealed class Halving : LearningRateSchedule
    {
        public override double Call(long step) => Math.Pow(0.5, step);
    }

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
