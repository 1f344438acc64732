using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Numerics.Data;
using Numerics.Formats.Onnx;
using Numerics.Nn;
using Numerics.Tensors;
using Tensor = Numerics.Tensors.Tensor;

namespace Numerics.Formats.Tests;

public sealed class OnnxTests : IDisposable
{
    private const float Tolerance = 1e-5f;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_cats_and_dogs_network_gives_the_same_in_onnx_runtime()
    {
        using var model = new Sequential
        {
            new Input((224, 224, 3)),
            new Conv2D(16, 3, activation: "relu"), new MaxPooling2D(2),
            new Conv2D(32, 3, activation: "relu"), new MaxPooling2D(2),
            new Conv2D(64, 3, activation: "relu"), new MaxPooling2D(2),
            new Flatten(),
            new Dense(256, activation: "relu"),
            new Dense(2, activation: "softmax"),
        };
        OnnxModel.Export(model, _folder["model.onnx"]);
        using var session = new InferenceSession(_folder["model.onnx"]);
        Assert.Equal([-1, 224, 224, 3], session.InputMetadata["input"].Dimensions);
        float spread = 0;
        for (int i = 0; i < 10; i++)
        {
            NDArray x = Networks.Batch(model, 20);
            float[] ours = model.Predict(x).ToFloats();
            AssertClose(ours, Run(session, x));
            spread = Math.Max(spread, ours.Max() - ours.Min());
        }

        Assert.True(spread > 0.01f, "the network says the same of everything");
        Assert.Equal(["model.onnx"], _folder.Names);
    }

    public static TheoryData<string> Architectures() => [.. s_architectures.Keys];

    private static readonly Dictionary<string, Func<Model>> s_architectures = new()
    {
        ["everything"] = Networks.Everything,
        ["small"] = () => Networks.Small(),
        ["same padding, odd strides"] = () => new Sequential
        {
            new Input((13, 11, 3)),
            new Conv2D(6, 4, strides: (2, 3), padding: Padding.Same, groups: 3), new Activation("tanh"),
            new MaxPooling2D(3, strides: 2, padding: Padding.Same), new AveragePooling2D((2, 3), strides: 1, padding: Padding.Same),
            new Conv2D(5, 2, activation: "silu"), new GlobalAveragePooling2D(), new Dense(3, activation: "sigmoid"),
        },
        ["activations"] = () => new Sequential
        {
            new Input(7), new Dense(6, activation: "elu"), new Dense(6, activation: "leaky_relu"), new Dense(5, activation: "silu"),
            new Dense(5, activation: "softplus"), new Dense(4, activation: "gelu"), new BatchNormalization(), new Dense(3, useBias: false),
        },
        ["kept extents"] = () => new Sequential { new Input((5, 6, 2)), new Conv2D(4, 3, activation: "softmax"), new GlobalMaxPooling2D(keepDims: true), new Flatten(), new Dense(2) },
        ["a picture comes out"] = () => new Sequential { new Input((6, 5, 2)), new ZeroPadding2D((1, 2)), new Conv2D(3, 3, activation: "relu"), new BatchNormalization(scale: false) },
        ["one step"] = () => new Sequential { new Input((4, 3)), new Dropout(0.5f) },
        ["activations of mobile networks"] = () => new Sequential
        {
            new Input((9, 8, 3)), new Conv2D(6, 3, activation: "relu6"), new ReLU(0.5f), new Conv2D(6, 3, activation: "hard_silu"), new ReLU(negativeSlope: 0.1f),
            new Conv2D(5, 3, activation: "hard_sigmoid"), new LeakyReLU(0.05f), new ELU(0.5f), new Cropping2D((1, 0), (0, 1)), new Activation("selu"),
            new Flatten(), new ReLU(), new Dense(4, activation: "log_softmax"),
        },
        ["words"] = () => new Sequential { new Input(5), new Embedding(7, 4), new LayerNormalization(), new Flatten(), new Dense(3) },
        ["a graph"] = () => Networks.Graph(),
        ["two ends"] = Networks.TwoEnds,
        ["nested"] = () => new Sequential { new Input((6, 6, 1)), new Sequential("inner") { new Input((6, 6, 1)), new Conv2D(2, 3), new Flatten() }, new Dense(2, activation: "softmax") },
    };

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Layers_give_the_same_in_onnx_runtime_and_come_back(string name)
    {
        using Model model = s_architectures[name]();
        Networks.Randomise(model);
        foreach (OnnxExportOptions options in (OnnxExportOptions[])[new(), new() { Opset = 18, ChannelsFirst = model.InputShape!.Rank == 4 }, new() { Opset = 20 }])
        {
            OnnxModel.Export(model, _folder["model.onnx"], options);
            using var session = new InferenceSession(_folder["model.onnx"]);
            foreach (int count in (int[])[1, 3])
            {
                NDArray x = Networks.Batch(model, count);
                AssertClose(model.Predict(x).ToFloats(), Run(session, options.ChannelsFirst ? Permutation.Of(x, 0, 3, 1, 2) : x));
            }

            using Model imported = OnnxModel.Import(_folder["model.onnx"]);
            NDArray again = Networks.Batch(model, 3);
            AssertClose(model.Predict(again).ToFloats(), imported.Predict(again).ToFloats());

            // What becomes several operators there has other weights here.
            if (name is not ("everything" or "a graph"))
                Assert.Equal(model.CountParams(), imported.CountParams() - (name == "a picture comes out" ? 3 : 0));
        }
    }

    [Fact]
    public void Logits_are_what_the_softmax_is_made_of()
    {
        using Sequential model = Networks.Small();
        OnnxModel.Export(model, _folder["logits.onnx"], new OnnxExportOptions { Logits = true, OutputName = "logits" });
        using var session = new InferenceSession(_folder["logits.onnx"]);
        NDArray x = Networks.Batch(model, 6);
        float[] logits = Run(session, x, "logits"), expected = model.Predict(x).ToFloats();
        float[] softmax = Tensor.From(NDArray.From((6, 2), logits)).Softmax().ToArray();
        AssertClose(expected, softmax);
        Assert.NotEqual(expected, logits);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pictures_of_any_size_are_scaled_in_the_graph(bool channelsFirst)
    {
        using Sequential model = Networks.Small();
        OnnxModel.Export(model, _folder["pictures.onnx"], new OnnxExportOptions { BytePixels = true, Resize = true, ChannelsFirst = channelsFirst });
        using var session = new InferenceSession(_folder["pictures.onnx"]);
        var random = new Random();
        foreach ((int height, int width) in ((int, int)[])[(14, 14), (31, 20), (9, 50)])
        {
            byte[] pixels = new byte[height * width * 3];
            random.NextBytes(pixels);
            NDArray picture = NDArray.From((height, width, 3), pixels);
            NDArray scaled = ImageResize.Apply(picture, (14, 14));
            float[] expected = model.Predict(NDArray.From((1, 14, 14, 3), [.. scaled.ToFloats().Select(pixel => pixel / 255)])).ToFloats();

            int[] dims = channelsFirst ? [1, 3, height, width] : [1, height, width, 3];
            byte[] given = channelsFirst ? [.. Enumerable.Range(0, pixels.Length).Select(i => pixels[(i % (height * width) * 3) + (i / (height * width))])] : pixels;
            using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results =
                session.Run([NamedOnnxValue.CreateFromTensor("input", new DenseTensor<byte>(given, dims))]);
            AssertClose(expected, [.. results[0].AsEnumerable<float>()]);
        }
    }

    [Fact]
    public void A_graph_with_the_channels_first_as_other_libraries_write_it_is_imported()
    {
        // Conv, ReLU, MaxPool, Flatten, Gemm with a transposed kernel: what PyTorch exports for such a network.
        using var session = Foreign(_folder["foreign.onnx"]);
        using Model model = OnnxModel.Import(_folder["foreign.onnx"]);
        Assert.Equal([Shape.Unknown, 9, 8, 3], model.InputShape!);
        Assert.Equal(["Input", "Conv2D", "MaxPooling2D", "Flatten", "Dense"], model.Layers.Select(layer => layer.GetType().Name));
        NDArray x = Networks.Batch(model, 4);
        AssertClose(Run(session, Permutation.Of(x, 0, 3, 1, 2), "y", "x"), model.Predict(x).ToFloats());
    }

    // Written by Fixtures/make_onnx.py, with PyTorch's own answers.
    [Theory]
    [InlineData("vgg")]
    [InlineData("resnet")]
    [InlineData("mobilenet_v2")]
    [InlineData("mobilenet_v3")]
    [InlineData("efficientnet")]
    [InlineData("squeezenet")]
    [InlineData("densenet")]
    [InlineData("pictures")]
    [InlineData("convnext")]
    public void Networks_that_PyTorch_exports_give_what_they_give_there(string name)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "onnx");
        SafetensorsFile expected = SafetensorsFile.Load(Path.Combine(folder, $"{name}.safetensors"));
        using Model model = OnnxModel.Import(Path.Combine(folder, $"{name}.onnx"));
        NDArray y = model.Predict(Permutation.Of(expected.Tensors["x"], 0, 2, 3, 1));
        AssertClose(expected.Tensors["y"].ToFloats(), (y.Shape.Rank == 4 ? Permutation.Of(y, 0, 3, 1, 2) : y).ToFloats());

        // And on from there: as a model of Keras, and as ONNX again.
        KerasModel.Save(model, _folder["again.keras"]);
        using Model keras = KerasModel.Load(_folder["again.keras"]);
        ModelAssert.Same(model, keras);
        OnnxModel.Export(model, _folder["again.onnx"]);
        using var session = new InferenceSession(_folder["again.onnx"]);
        NDArray x = Networks.Batch(model, 3);
        AssertClose(model.Predict(x).ToFloats(), Run(session, x));
    }

    [Fact]
    public void What_cannot_be_expressed_is_named()
    {
        using var own = new Sequential { new Input(3), new Dense(2, activation: new Activation("cube", x => x * x * x)) };
        string message = Assert.Throws<NotSupportedException>(() => OnnxModel.Export(own, _folder["own.onnx"])).Message;
        Assert.Contains("'dense': the activation 'cube'", message, StringComparison.Ordinal);
        using var layer = new Sequential { new Input(3), new Odd() };
        Assert.Contains("Odd 'odd'", Assert.Throws<NotSupportedException>(() => OnnxModel.Export(layer, _folder["own.onnx"])).Message, StringComparison.Ordinal);
        using var unbuilt = new Sequential { new Dense(2) };
        _ = Assert.Throws<InvalidOperationException>(() => OnnxModel.Export(unbuilt, _folder["own.onnx"]));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => OnnxModel.Export(own, _folder["own.onnx"], new OnnxExportOptions { Opset = 9 }));
        Assert.Empty(_folder.Names);

        using Sequential model = Networks.Small();
        OnnxModel.Export(model, _folder["model.onnx"]);
        ModelProto proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(_folder["model.onnx"]));
        proto.Graph.Node.Single(node => node.OpType == "Flatten").OpType = "Einsum";
        File.WriteAllBytes(_folder["odd.onnx"], proto.ToByteArray());
        message = Assert.Throws<InvalidDataException>(() => OnnxModel.Import(_folder["odd.onnx"])).Message;
        Assert.Contains("node 'flatten' (Einsum)", message, StringComparison.Ordinal);
        File.WriteAllText(_folder["text.onnx"], "this is no model");
        Assert.StartsWith(_folder["text.onnx"], Assert.Throws<InvalidDataException>(() => OnnxModel.Import(_folder["text.onnx"])).Message, StringComparison.Ordinal);
    }

    private static InferenceSession Foreign(string path)
    {
        var random = new Random();
        NDArray Values(params Shape shape) => NDArray.From(shape, [.. Enumerable.Range(0, shape.Size).Select(_ => random.NextSingle() - 0.5f)]);
        var graph = new OnnxGraph();
        string x = graph.Unique("x");
        string conv = graph.Add("Conv", "/features/0/Conv", x, graph.Constant("features.0.weight", Values(4, 3, 3, 3)), graph.Constant("features.0.bias", Values(4)));
        graph.Attribute("kernel_shape", [3L, 3]);
        graph.Attribute("pads", [1L, 1, 1, 1]);
        graph.Attribute("strides", [1L, 1]);
        graph.Attribute("dilations", [1L, 1]);
        string pooled = graph.Add("MaxPool", "/features/2/MaxPool", graph.Add("Relu", "/features/1/Relu", conv));
        graph.Attribute("kernel_shape", [2L, 2]);
        graph.Attribute("strides", [2L, 2]);
        string rows = graph.Add("Flatten", "/Flatten", pooled);
        graph.Attribute("axis", 1L);
        _ = graph.Add("Gemm", "y", rows, graph.Constant("classifier.weight", Values(5, 64)), graph.Constant("classifier.bias", Values(5)));
        graph.Attribute("transB", 1L);
        var proto = new ModelProto { IrVersion = 8, Graph = graph.Proto };
        proto.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        foreach ((string name, int[] dims, bool input) in ((string, int[], bool)[])[("x", [0, 3, 9, 8], true), ("y", [0, 5], false)])
        {
            var shape = new TensorShapeProto();
            shape.Dim.AddRange(dims.Select(dim => dim == 0 ? new TensorShapeProto.Types.Dimension { DimParam = "n" } : new() { DimValue = dim }));
            (input ? graph.Proto.Input : graph.Proto.Output).Add(
                new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = shape } } });
        }

        File.WriteAllBytes(path, proto.ToByteArray());
        return new InferenceSession(path);
    }

    private static float[] Run(InferenceSession session, NDArray x, string output = "output", string input = "input")
    {
        var tensor = new DenseTensor<float>(x.ToFloats(), x.Shape.ToArray());
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run([NamedOnnxValue.CreateFromTensor(input, tensor)], [output]);
        return [.. results[0].AsEnumerable<float>()];
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float scale = Math.Max(1, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i], expected[i] - (Tolerance * scale), expected[i] + (Tolerance * scale));
    }

    private sealed class Odd() : Layer(null)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Forward(Tensor x, bool training) => x;
    }
}
