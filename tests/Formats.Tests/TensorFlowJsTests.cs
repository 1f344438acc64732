using System.Text.Json.Nodes;
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

    private void Change(Action<JsonNode> change)
    {
        string path = Path.Combine(_folder["model"], "model.json");
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }
}
