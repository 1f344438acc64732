using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("numerics-safetensors-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_written_is_read()
    {
        string path = PathOf("a.safetensors");
        NDArray floats = RandomArrays.Signed(3, 1, 5), ints = new[] { int.MinValue, -1, int.MaxValue }, bytes = NDArray.From([2], [(byte)0, (byte)255]);
        NDArray scalar = NDArray.From(Shape.Scalar, [1.5f]), empty = new((0, 4));
        SafetensorsFile.Save(
            path,
            [new("a/ä\"\\", floats), new("ints", ints), new("bytes", bytes), new("scalar", scalar), new("empty", empty)],
            new Dictionary<string, string> { ["format"] = "numerics" });
        SafetensorsFile file = SafetensorsFile.Load(path);
        Assert.Equal("numerics", file.Metadata["format"]);
        foreach ((string name, NDArray array) in new[] { ("a/ä\"\\", floats), ("ints", ints), ("bytes", bytes), ("scalar", scalar), ("empty", empty) })
        {
            Assert.Equal(array.Shape, file.Tensors[name].Shape);
            Assert.Equal(array.DType, file.Tensors[name].DType);
            Assert.Equal(array.Bytes.ToArray(), file.Tensors[name].Bytes.ToArray());
        }

        Assert.Equal(5, file.Tensors.Count);
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_named_as_it_was_given()
    {
        string missing = Path.Combine(_folder, "missing", "a.safetensors");
        var error = Assert.Throws<DirectoryNotFoundException>(() => SafetensorsFile.Save(missing, []));
        Assert.Contains($"'{missing}'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".tmp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_is_called_one()
    {
        using var model = new Sequential { new Input(2), new Dense(1) };
        string expected = $"{_folder}: a folder, expected a file";
        Assert.Equal(expected, Assert.Throws<InvalidDataException>(() => SafetensorsFile.Load(_folder)).Message);
        Assert.Equal(expected, Assert.Throws<InvalidDataException>(() => model.LoadWeights(_folder)).Message);
        Assert.Equal(expected, Assert.Throws<IOException>(() => model.SaveWeights(_folder)).Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("w.weights.h5")]
    [InlineData("best.keras")]
    [InlineData("model.ONNX")]
    public void Names_of_other_kinds_of_files_are_refused(string name)
    {
        using var model = new Sequential { new Input(2), new Dense(1) };
        Assert.Contains("would hold safetensors", Assert.Throws<ArgumentException>(() => model.SaveWeights(PathOf(name))).Message, StringComparison.Ordinal);
        Assert.Contains("would hold safetensors", Assert.Throws<ArgumentException>(() => new ModelCheckpoint(PathOf(name))).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
        _ = new ModelCheckpoint(PathOf(name), save: (_, _) => { });
    }

    [Fact]
    public void Files_of_Keras_are_told_from_damaged_ones()
    {
        using var model = new Sequential { new Input(2), new Dense(1) };
        foreach (byte[] start in new byte[][] { [0x89, .. "HDF"u8], [.. "PK"u8, 3, 4] })
        {
            File.WriteAllBytes(PathOf("k"), [.. start, .. new byte[90]]);
            Assert.Contains("KerasModel.LoadWeights", Assert.Throws<InvalidDataException>(() => model.LoadWeights(PathOf("k"))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        string path = PathOf("b.safetensors");
        SafetensorsFile.Save(path, [new("w", NDArray.From([1, 2], [1f, -2f]))]);
        byte[] file = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        Assert.Equal(0, length % 8);
        Assert.Equal("""{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}""", Encoding.UTF8.GetString(file, 8, length).TrimEnd(' '));
        Assert.Equal([0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0], file[(8 + length)..]);
    }

    public static TheoryData<string, string> DamagedHeaders => new()
    {
        { "", "not JSON" },
        { "[]", "expected an object" },
        { "{", "not JSON" },
        { """{"w":1}""", "tensor 'w' as an object" },
        { """{"w":{"dtype":"F32","shape":[2]}}""", "needs a dtype" },
        { """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "needs a dtype" },
        { """{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,8]}}""", "found BF16" },
        { """{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "takes 12 bytes, its place has 8" },
        { """{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "whole number of at least 0" },
        { """{"w":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "whole number of at least 0" },
        { """{"w":{"dtype":"F32","shape":[2147483647,2147483647,2147483647,2147483647,2],"data_offsets":[0,8]}}""", "too large" },
        { """{"w":{"dtype":"F32","shape":[99999999999,0],"data_offsets":[0,8]}}""", "too large" },
        { """{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "outside of the 8 bytes" },
        { """{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "outside" },
        { """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "the tensors end at 4" },
        { """{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "begins at 4, the one before ends at 0" },
        { """{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "begins at 4, the one before ends at 8" },
        { """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "'w' occurs twice" },
        { """{"w":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "expected once each" },
        { """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", "expected once each" },
        { """{"__metadata__":{"a":1},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "expected a text" },
        { """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x""", "not JSON" },
        { """{}""", "the tensors end at 0" },
    };

    [Theory]
    [MemberData(nameof(DamagedHeaders))]
    public void Damaged_headers_are_described(string header, string expected)
    {
        string path = PathOf("damaged.safetensors");
        byte[] json = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        File.WriteAllBytes(path, [.. length, .. json, .. new byte[8]]);
        string message = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Load(path)).Message;
        Assert.StartsWith($"{path}: offset ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 123, 125 })]
    [InlineData(new byte[] { 3, 0, 0, 0, 0, 0, 0, 0, 123, 125 })]
    public void Lengths_that_do_not_fit_are_described(byte[] content)
    {
        string path = PathOf("short.safetensors");
        File.WriteAllBytes(path, content);
        Assert.StartsWith($"{path}: offset 0: ", Assert.Throws<InvalidDataException>(() => SafetensorsFile.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_and_flipped_files_are_damaged_or_read()
    {
        string path = PathOf("whole.safetensors");
        SafetensorsFile.Save(path, [new("dense/kernel", RandomArrays.Signed(3, 4)), new("dense/bias", RandomArrays.Signed(4)), new("n", (NDArray)new[] { 1, 2 })]);
        byte[] whole = File.ReadAllBytes(path);
        string broken = PathOf("broken.safetensors");
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(broken, whole[..length]);
            _ = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Load(broken));
        }

        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                byte[] bytes = [.. whole];
                foreach ((int at, byte value) in changes)
                    bytes[at] = value;
                File.WriteAllBytes(broken, bytes);
                try
                {
                    _ = SafetensorsFile.Load(broken);
                }
                catch (InvalidDataException)
                {
                    // The only answer to damage; a change within the numbers is no damage that could be seen.
                }
            },
            iter: 1000,
            threads: 1);
    }

    [Fact]
    public void A_failed_write_leaves_nothing()
    {
        string path = PathOf("kept.safetensors");
        File.WriteAllText(path, "before");
        _ = Assert.Throws<ArgumentException>(() => SafetensorsFile.Save(path, [new("a", new NDArray(1)), new("a", new NDArray(1))]));
        _ = Assert.Throws<ArgumentException>(() => SafetensorsFile.Save(path, [new("a", new NDArray(1, DType.UNorm8))]));
        Assert.Equal("before", File.ReadAllText(path));
        _ = Assert.Throws<DirectoryNotFoundException>(() => SafetensorsFile.Save(Path.Combine(_folder, "missing", "a.safetensors"), []));
        Assert.Equal([path], Directory.GetFiles(_folder));
        _ = Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Load(PathOf("none.safetensors")));
    }

    [Fact]
    public void Weights_make_a_round_trip()
    {
        string path = PathOf("model.safetensors");
        using Sequential first = Network(3), second = Network(3);
        first.SaveWeights(path);
        second.LoadWeights(path);
        NDArray x = RandomArrays.Signed(4, 8, 8, 2);
        Assert.Equal(first.Predict(x).ToFloats(), second.Predict(x).ToFloats());
        Assert.Equal(first.Variables.Select(variable => variable.Name), SafetensorsFile.Load(path).Tensors.Keys);
        Assert.Contains("batch_normalization/moving_variance", SafetensorsFile.Load(path).Tensors.Keys);
    }

    [Fact]
    public void Weights_of_some_megabytes_are_what_an_array_of_them_would_write()
    {
        using var model = new Sequential { new Input(1031), new Dense(577), new Dense(3) };
        model.SaveWeights(PathOf("pieces.safetensors"));
        SafetensorsFile.Save(PathOf("arrays.safetensors"), model.Variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value.ToNDArray())));
        Assert.Equal(File.ReadAllBytes(PathOf("arrays.safetensors")), File.ReadAllBytes(PathOf("pieces.safetensors")));
    }

    [Fact]
    public void Weights_of_another_model_change_nothing()
    {
        string path = PathOf("other.safetensors");
        using Sequential model = Network(3), other = Network(5);
        float[] before = [.. model.Variables.SelectMany(variable => variable.Value.ToArray())];
        other.SaveWeights(path);
        Expect($"{path}: tensor 'dense/kernel': expected Float32 [72, 3], found Float32 [72, 5]");

        NDArray[] values = [.. model.Variables.Select(variable => variable.Value.ToNDArray())];
        KeyValuePair<string, NDArray>[] tensors = [.. model.Variables.Select((variable, i) => KeyValuePair.Create(variable.Name, new NDArray(values[i].Shape)))];
        SafetensorsFile.Save(path, tensors[..^1]);
        Expect($"{path}: tensor 'dense/bias': expected Float32 [3], found none");
        SafetensorsFile.Save(path, [.. tensors, new("dense_1/bias", new NDArray(7))]);
        Expect($"{path}: tensor 'dense_1/bias': expected no such tensor, found Float32 [7]");
        SafetensorsFile.Save(path, [.. tensors[..^1], new("dense/bias", new NDArray(3, DType.Int32))]);
        Expect($"{path}: tensor 'dense/bias': expected Float32 [3], found Int32 [3]");
        using var unbuilt = new Sequential { new Dense(1) };
        _ = Assert.Throws<InvalidOperationException>(() => unbuilt.LoadWeights(path));
        _ = Assert.Throws<InvalidOperationException>(() => unbuilt.SaveWeights(path));

        void Expect(string message)
        {
            Assert.StartsWith(message, Assert.Throws<InvalidDataException>(() => model.LoadWeights(path)).Message, StringComparison.Ordinal);
            Assert.Equal(before, model.Variables.SelectMany(variable => variable.Value.ToArray()));
        }
    }

    private static Sequential Network(int classes) => new()
    {
        new Input((8, 8, 2)),
        new Conv2D(2, 3), new BatchNormalization(), new Flatten(), new Dense(classes),
    };

    private string PathOf(string name) => Path.Combine(_folder, name);
}
