using System.Text.Json.Nodes;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats.Tests;

public sealed class TensorFlowJsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Models_make_a_round_trip()
    {
        foreach (Func<Model> create in (Func<Model>[])[Networks.Everything, () => Networks.Small(), () => Networks.Graph(SampleInterpolation.Nearest), Networks.TwoEnds])
        {
            using Model model = create();
            Networks.Randomise(model);
            TensorFlowJsModel.Save(model, _folder["model"]);
            Assert.Equal(["group1-shard1of1.bin", "model.json"], Directory.GetFiles(_folder["model"]).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
            using Model loaded = TensorFlowJsModel.Load(_folder["model"]);
            ModelAssert.Same(model, loaded);
            using Model byFile = TensorFlowJsModel.Load(Path.Combine(_folder["model"], "model.json"));
            ModelAssert.Same(model, byFile);
        }
    }

    [Fact]
    public void Large_weights_are_cut_into_shards()
    {
        using var model = new Sequential { new Input(1500), new Dense(1100), new Dense(3) };
        TensorFlowJsModel.Save(model, _folder["model"]);
        Assert.Equal(
            [4 << 20, (((1500 * 1100) + 1100 + 3300 + 3) * 4) - (4 << 20)],
            Enumerable.Range(1, 2).Select(i => (int)new FileInfo(Path.Combine(_folder["model"], $"group1-shard{i}of2.bin")).Length));
        using Model loaded = TensorFlowJsModel.Load(_folder["model"]);
        ModelAssert.Same(model, loaded);
    }

    [Fact]
    public void Quantized_weights_become_floats()
    {
        using var model = new Sequential { new Input(2), new Dense(2, name: "d") };
        TensorFlowJsModel.Save(model, _folder["model"]);
        Change(json =>
        {
            JsonArray weights = json["weightsManifest"]![0]!["weights"]!.AsArray();
            weights[0]!["quantization"] = new JsonObject { ["dtype"] = "uint8", ["scale"] = 0.5f, ["min"] = -1f };
            weights[1]!["quantization"] = new JsonObject { ["dtype"] = "float16", ["original_dtype"] = "float32" };
        });
        byte[] halves = [.. BitConverter.GetBytes((Half)0.25f), .. BitConverter.GetBytes((Half)(-3f))];
        File.WriteAllBytes(Path.Combine(_folder["model"], "group1-shard1of1.bin"), [0, 1, 2, 255, .. halves]);
        using Model loaded = TensorFlowJsModel.Load(_folder["model"]);
        Assert.Equal([-1f, -0.5f, 0f, 126.5f], loaded.Variables[0].Value.ToArray());
        Assert.Equal([0.25f, -3f], loaded.Variables[1].Value.ToArray());
    }

    [Fact]
    public void Damage_and_tricks_are_described()
    {
        using var model = new Sequential { new Input(2), new Dense(2, name: "d") };
        void Expect(string message, Action<JsonNode> change)
        {
            TensorFlowJsModel.Save(model, _folder["model"]);
            Change(change);
            string found = Assert.Throws<InvalidDataException>(() => TensorFlowJsModel.Load(_folder["model"])).Message;
            Assert.StartsWith(_folder["model"], found, StringComparison.Ordinal);
            Assert.Contains(message, found, StringComparison.Ordinal);
        }

        Expect("'../secret.bin' is not a file beside the model", json => json["weightsManifest"]![0]!["paths"]![0] = "../secret.bin");
        Expect("'/etc/passwd' is not a file beside the model", json => json["weightsManifest"]![0]!["paths"]![0] = "/etc/passwd");
        Expect("there is no file 'none.bin' beside it", json => json["weightsManifest"]![0]!["paths"]![0] = "none.bin");
        Expect("there is no weight 'd/kernel'", json => json["weightsManifest"]![0]!["weights"]![0]!["name"] = "e/kernel");
        Expect("weight 'd/kernel': expected [2, 2], found [4]", json => json["weightsManifest"]![0]!["weights"]![0]!["shape"] = new JsonArray(4));
        Expect("bytes are needed", json => json["weightsManifest"]![0]!["weights"]![0]!["shape"] = new JsonArray(40000));
        Expect("expected float32, found int32", json => json["weightsManifest"]![0]!["weights"]![0]!["dtype"] = "int32");
        Expect("the weights take 16 bytes, their files have 24", json => json["weightsManifest"]![0]!["weights"]!.AsArray().RemoveAt(1));
        Expect("expected layers-model, found graph-model", json => json["format"] = "graph-model");

        using var groups = new Sequential { new Input((4, 4, 2)), new Conv2D(2, 3, groups: 2) };
        Assert.Contains("TensorFlow.js has no convolution in groups", Assert.Throws<NotSupportedException>(() => TensorFlowJsModel.Save(groups, _folder["none"])).Message, StringComparison.Ordinal);
        using var leaky = new Sequential { new Input(2), new Dense(2, activation: "leaky_relu") };
        Assert.Contains("TensorFlow.js has no activation 'leaky_relu'", Assert.Throws<NotSupportedException>(() => TensorFlowJsModel.Save(leaky, _folder["none"])).Message, StringComparison.Ordinal);
        using Model bilinear = Networks.Graph();
        Assert.Contains("UpSampling2D 'up_sampling2d'", Assert.Throws<NotSupportedException>(() => TensorFlowJsModel.Save(bilinear, _folder["none"])).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["none"]));
    }

    public static TheoryData<string, string> Optimizers() => new()
    {
        { "adam", """{"class_name":"Adam","config":{"learningRate":0.5,"beta1":0.75,"beta2":0.875,"epsilon":0.25}}""" },
        { "sgd", """{"class_name":"SGD","config":{"learningRate":0.5}}""" },
        { "momentum", """{"class_name":"Momentum","config":{"learningRate":0.5,"momentum":0.25,"useNesterov":true}}""" },
        { "adamax", """{"class_name":"Adamax","config":{"learningRate":0.5,"beta1":0.75,"beta2":0.875,"epsilon":0.25}}""" },
        { "adadelta", """{"class_name":"Adadelta","config":{"learningRate":0.5,"rho":0.75,"epsilon":0.25}}""" },
        { "adagrad", """{"class_name":"Adagrad","config":{"learningRate":0.5,"initialAccumulatorValue":0.25}}""" },
        { "rmsprop", """{"class_name":"RMSProp","config":{"learningRate":0.5,"decay":0.75,"momentum":0.25,"epsilon":0.125,"centered":true}}""" },
    };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void How_a_model_is_trained_makes_a_round_trip(string name, string written)
    {
        Optimizer optimizer = name switch
        {
            "adam" => new Adam(0.5f, 0.75f, 0.875f, 0.25f),
            "sgd" => new SGD(0.5f),
            "momentum" => new SGD(0.5f, 0.25f, nesterov: true),
            "adamax" => new Adamax(0.5f, 0.75f, 0.875f, 0.25f),
            "adadelta" => new Adadelta(0.5f, 0.75f, 0.25f),
            "adagrad" => new Adagrad(0.5f, 0.25f),
            _ => new RMSprop(0.5f, 0.75f, 0.25f, 0.125f, centered: true),
        };
        using var model = new Sequential { new Input(2), new Dense(2, name: "d") };
        Metric[] metrics =
        [
            new CategoricalAccuracy("hits"), new AUC(), new MeanSquaredError(), new RootMeanSquaredError(), new TopKCategoricalAccuracy(1), Metric.Accuracy,
        ];
        model.Compile(optimizer, new CategoricalCrossentropy(), metrics);
        TensorFlowJsModel.Save(model, _folder["model"]);
        using (Model plain = TensorFlowJsModel.Load(_folder["model"]))
            Assert.Null(plain.Optimizer);
        TensorFlowJsModel.Save(model, _folder["model"], includeOptimizer: true);
        JsonNode training = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder["model"], "model.json")))!["trainingConfig"]!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(written), training["optimizer_config"]), training.ToJsonString());
        Assert.Equal("categorical_crossentropy", (string?)training["loss"]);
        Assert.Equal("""["categorical_accuracy","mse","accuracy"]""", training["metrics"]!.ToJsonString());

        using Model loaded = TensorFlowJsModel.Load(_folder["model"]);
        Assert.IsType<CategoricalCrossentropy>(loaded.Loss);
        Assert.Equal(["categorical_accuracy", "mse", "accuracy"], loaded.Metrics.Select(metric => metric.Name));
        NDArray x = Networks.Batch(model, 4), y = new float[,] { { 1, 0 }, { 0, 1 }, { 1, 0 }, { 1, 0 } };
        for (int step = 0; step < 3; step++)
            Assert.Equal(model.TrainOnBatch(x, y)["loss"], loaded.TrainOnBatch(x, y)["loss"]);
        using Model uncompiled = TensorFlowJsModel.Load(_folder["model"], compile: false);
        Assert.Null(uncompiled.Optimizer);
    }

    [Fact]
    public void A_model_that_TensorFlowJs_saved_with_its_optimizer_is_read()
    {
        // As save(url, {includeOptimizer: true}) writes it: the optimizer's state behind the weights, with a whole number in front.
        using var model = new Sequential { new Input(2), new Dense(2, name: "d") };
        model.Compile(new SGD(0.5f), new SparseCategoricalCrossentropy(), [new SparseCategoricalAccuracy()]);
        TensorFlowJsModel.Save(model, _folder["model"], includeOptimizer: true);
        Change(json =>
        {
            JsonArray weights = json["weightsManifest"]![0]!["weights"]!.AsArray();
            weights.Add((JsonNode)new JsonObject { ["name"] = "iter", ["shape"] = new JsonArray(), ["dtype"] = "int32", ["group"] = "optimizer" });
            weights.Add((JsonNode)new JsonObject { ["name"] = "d/bias/momentum", ["shape"] = new JsonArray(2), ["dtype"] = "float32", ["group"] = "optimizer" });
            JsonNode training = json["trainingConfig"]!;
            training["loss"] = new JsonArray("sparse_categorical_crossentropy");
            training["metrics"] = new JsonArray("acc");
        });
        string shard = Path.Combine(_folder["model"], "group1-shard1of1.bin");
        File.WriteAllBytes(shard, [.. File.ReadAllBytes(shard), .. new byte[12]]);
        using Model loaded = TensorFlowJsModel.Load(_folder["model"]);
        ModelAssert.Same(model, loaded);
        Assert.IsType<SparseCategoricalCrossentropy>(loaded.Loss);
        Assert.IsType<SparseCategoricalAccuracy>(Assert.Single(loaded.Metrics));
        Assert.Equal(0.5f, Assert.IsType<SGD>(loaded.Optimizer).LearningRate);

        Change(json => json["trainingConfig"]!["optimizer_config"]!["class_name"] = "Muon");
        string message = Assert.Throws<InvalidDataException>(() => TensorFlowJsModel.Load(_folder["model"])).Message;
        Assert.StartsWith($"{Path.Combine(_folder["model"], "model.json")}: trainingConfig: optimizer 'Muon'", message, StringComparison.Ordinal);
        using Model uncompiled = TensorFlowJsModel.Load(_folder["model"], compile: false);
        Assert.Null(uncompiled.Optimizer);
    }

    [Fact]
    public void What_TensorFlowJs_cannot_train_with_is_named()
    {
        void Expect(string message, Optimizer optimizer, Loss? loss = null)
        {
            using var model = new Sequential { new Input(2), new Dense(2) };
            model.Compile(optimizer, loss ?? new MeanSquaredError());
            Assert.Contains(
                message, Assert.Throws<NotSupportedException>(() => TensorFlowJsModel.Save(model, _folder["none"], includeOptimizer: true)).Message, StringComparison.Ordinal);
        }

        Expect("does not have the optimizer AdamW", new AdamW { WeightDecay = 0 });
        Expect("the optimizer AdamW has such an option", new AdamW());
        Expect("does not have the optimizer Adam with AMSGrad", new Adam(amsGrad: true));
        Expect("does not have the optimizer Lion", new Lion());
        Expect("does not have the optimizer LossScaleOptimizer", new LossScaleOptimizer(new Adam()));
        Expect("no schedules of the learning rate", new SGD(new CosineDecay(0.1, 5)));
        Expect("neither clip", new SGD { ClipNorm = 1 });
        Expect("does not have the loss 'categorical_focal_loss'", new SGD(), new CategoricalFocalLoss());
        Expect("does not have the loss 'categorical_crossentropy'", new SGD(), new CategoricalCrossentropy(fromLogits: true));
        Expect("does not have the loss 'mean_squared_error'", new SGD(), new MeanSquaredError(Reduction.Sum));
        Assert.False(Directory.Exists(_folder["none"]));
    }

    private void Change(Action<JsonNode> change)
    {
        string path = Path.Combine(_folder["model"], "model.json");
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }
}
