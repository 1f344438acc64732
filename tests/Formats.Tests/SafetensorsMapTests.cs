using System.Buffers.Binary;
using System.Text;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats.Tests;

public sealed class SafetensorsMapTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tensors_are_those_that_were_written()
    {
        NDArray floats = NDArray.From((2, 3), [1f, -2, 3, float.NaN, float.MinValue, 0]), ints = new[] { -1, 7 };
        SafetensorsFile.Save(_folder["a.safetensors"], [new("floats", floats), new("ints", ints)], new Dictionary<string, string> { ["k"] = "v" });
        using var map = new SafetensorsMap(_folder["a.safetensors"]);
        Assert.Equal(["floats", "ints"], map.Names);
        Assert.Equal("v", map.Metadata["k"]);
        Assert.Equal(floats.Bytes.ToArray(), map.Bytes("floats").ToArray());
        Assert.Equal(floats.Bytes.ToArray(), map.Read("floats").Bytes.ToArray());
        Assert.Equal(ints.Bytes.ToArray(), map.Read("ints").Bytes.ToArray());
        Assert.Equal([2, 3], map.ShapeOf("floats"));
        _ = Assert.Throws<KeyNotFoundException>(() => map.Read("none"));
    }

    [Fact]
    public void Other_precisions_become_floats()
    {
        byte[] halves = [.. BitConverter.GetBytes((Half)1.5f), .. BitConverter.GetBytes((Half)(-0.25f))];
        byte[] brains = [0xC0, 0x3F, 0x80, 0xBE], doubles = [.. BitConverter.GetBytes(1.5), .. BitConverter.GetBytes(-0.25)];
        Write(
            _folder["b.safetensors"],
            """{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},"d":{"dtype":"F64","shape":[2],"data_offsets":[8,24]},"n":{"dtype":"I64","shape":[],"data_offsets":[24,32]}}""",
            [.. halves, .. brains, .. doubles, .. BitConverter.GetBytes(3L)]);
        using var map = new SafetensorsMap(_folder["b.safetensors"]);
        foreach (string name in (string[])["h", "b", "d"])
            Assert.Equal([1.5f, -0.25f], map.Read(name).ToFloats());
        Assert.Equal("I64", map.TypeOf("n"));
        Assert.Contains("type I64 is not supported", Assert.Throws<InvalidDataException>(() => map.Read("n")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"X9","shape":[2],"data_offsets":[0,8]}}""", "found X9")]
    [InlineData("""{"w":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}""", "takes 4 bytes, its place has 8")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,80]}}""", "outside of the 8 bytes")]
    public void Damage_is_described(string header, string expected)
    {
        Write(_folder["c.safetensors"], header, new byte[8]);
        string message = Assert.Throws<InvalidDataException>(() => new SafetensorsMap(_folder["c.safetensors"])).Message;
        Assert.StartsWith(_folder["c.safetensors"], message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_dict_of_PyTorch_is_loaded_by_names()
    {
        // The tensors of nn.Conv2d(2, 3, (2, 1)), BatchNorm2d(3), Flatten, Linear(3·2·3, 4) on pictures of 3 × 3, by PyTorch's definition.
        var random = new Random();
        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
        float[] conv = Values(3 * 2 * 2), convBias = Values(3), weight = Values(3), bias = Values(3), mean = Values(3), variance = [1, 2, 0.5f];
        float[] linear = Values(4 * 18), linearBias = Values(4);
        SafetensorsFile.Save(_folder["torch.safetensors"],
        [
            new("features.0.weight", NDArray.From((3, 2, 2, 1), conv)), new("features.0.bias", NDArray.From(3, convBias)),
            new("features.1.weight", NDArray.From(3, weight)), new("features.1.bias", NDArray.From(3, bias)),
            new("features.1.running_mean", NDArray.From(3, mean)), new("features.1.running_var", NDArray.From(3, variance)),
            new("features.1.num_batches_tracked", NDArray.From(Shape.Scalar, [(int)7])),
            new("head.weight", NDArray.From((4, 18), linear)), new("head.bias", NDArray.From(4, linearBias)),
        ]);
        using var model = new Sequential { new Input((3, 3, 2)), new Conv2D(3, (2, 1)), new BatchNormalization(epsilon: 1e-5f), new Flatten(), new Dropout(0.5f), new Dense(4) };
        var names = new Dictionary<string, string> { ["conv2d"] = "features.0", ["batch_normalization"] = "features.1", ["dense"] = "head" };
        PyTorchWeights.Load(model, _folder["torch.safetensors"], names);

        // The same by PyTorch's loops: channels, rows, columns.
        float[] x = Values(2 * 3 * 3);
        double[] hidden = new double[3 * 2 * 3];
        for (int o = 0; o < 3; o++)
        {
            for (int r = 0; r < 2; r++)
            {
                for (int c = 0; c < 3; c++)
                {
                    double sum = convBias[o];
                    for (int i = 0; i < 2; i++)
                    {
                        for (int k = 0; k < 2; k++)
                            sum += conv[(((o * 2) + i) * 2) + k] * (double)x[(((i * 3) + r + k) * 3) + c];
                    }

                    hidden[(((o * 2) + r) * 3) + c] = ((sum - mean[o]) / Math.Sqrt(variance[o] + 1e-5) * weight[o]) + bias[o];
                }
            }
        }

        float[] actual = model.Predict(Permutation.Of(NDArray.From((1, 2, 3, 3), x), 0, 2, 3, 1)).ToFloats();
        for (int o = 0; o < 4; o++)
        {
            double expected = linearBias[o] + Enumerable.Range(0, 18).Sum(i => linear[(o * 18) + i] * hidden[i]);
            Assert.InRange(actual[o], expected - 1e-4, expected + 1e-4);
        }

        // And back, byte for byte.
        PyTorchWeights.Save(model, _folder["back.safetensors"], names);
        SafetensorsFile first = SafetensorsFile.Load(_folder["torch.safetensors"]), back = SafetensorsFile.Load(_folder["back.safetensors"]);
        foreach ((string name, NDArray array) in back.Tensors)
            Assert.Equal(first.Tensors[name].Bytes.ToArray(), array.Bytes.ToArray());
        Assert.Equal(8, back.Tensors.Count);

        string message = Assert.Throws<InvalidDataException>(() => PyTorchWeights.Load(model, _folder["torch.safetensors"])).Message;
        Assert.Contains("there is no tensor 'conv2d.weight' for Conv2D 'conv2d'", message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentException>(() => PyTorchWeights.Load(model, _folder["torch.safetensors"], new Dictionary<string, string> { ["none"] = "x" }));
    }

    [Fact]
    public void Every_layer_with_a_counterpart_makes_a_round_trip()
    {
        using Sequential model = Create(), same = Create();
        Networks.Randomise(model);
        PyTorchWeights.Save(model, _folder["a.safetensors"]);
        PyTorchWeights.Load(same, _folder["a.safetensors"]);
        ModelAssert.Same(model, same);

        static Sequential Create() => new()
        {
            new Input((6, 5, 4)), new Conv2D(6, (3, 2), groups: 2), new DepthwiseConv2D(2, depthMultiplier: 2), new Conv2DTranspose(5, (3, 2), strides: 2),
            new LayerNormalization(), new Flatten(), new Activation("relu"), new Dense(7), new Dense(2),
        };
    }

    private static void Write(string path, string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        File.WriteAllBytes(path, [.. length, .. json, .. data]);
    }
}
