using System.Buffers.Binary;
using System.Globalization;
using Numerics.Data;
using Numerics.Formats.Tests;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats.Peers;

/// <summary>
/// Models in files that other programs read, and such that they wrote. Beside each model NAME lies NAME.expected.safetensors
/// with an input x, the output y, and the weights by name.
/// </summary>
internal static class Exchange
{
    private const float Tolerance = 1e-5f;

    /// <summary>Writes models.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="picture">A picture that a page in a browser will classify.</param>
    public static void Write(string folder, string picture)
    {
        _ = Directory.CreateDirectory(folder);
        using Model small = Networks.Small(), graph = Networks.Graph(SampleInterpolation.Nearest), residual = Networks.TwoEnds(), everything = Networks.Everything();
        small.Compile(new Adam(), new CategoricalCrossentropy());
        Networks.Train(small);
        foreach ((string name, Model model) in new[] { ("small", small), ("graph", graph), ("residual", residual), ("everything", everything) })
        {
            if (model != small)
                Networks.Randomise(model);
            NDArray x = Networks.Batch(model, 4);
            SafetensorsFile.Save(
                Path.Combine(folder, $"{name}.expected.safetensors"),
                [new("x", x), new("y", model.Predict(x)), .. model.Variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value.ToNDArray()))]);
            KerasModel.Save(model, Path.Combine(folder, $"{name}.keras"));
            KerasModel.Save(model, Path.Combine(folder, $"{name}.h5"));
            KerasModel.SaveWeights(model, Path.Combine(folder, $"{name}.weights.h5"));
            OnnxModel.Export(model, Path.Combine(folder, $"{name}.onnx"));
            TensorFlowJsModel.Save(model, Path.Combine(folder, $"{name}.tfjs"));
        }

        OnnxModel.Export(small, Path.Combine(folder, "pictures.onnx"), new OnnxExportOptions { BytePixels = true, Resize = true, Logits = true, ChannelsFirst = true });
        WriteTraining(folder);
        WritePage(folder, picture);
    }

    /// <summary>Compares the models that other programs wrote.</summary>
    /// <returns>The names, and what is wrong, or null.</returns>
    public static IEnumerable<(string Name, string? Problem)> Read(string folder)
    {
        foreach (string expected in Directory.GetFiles(folder, "from-*.expected.safetensors").Order(StringComparer.Ordinal))
        {
            string stem = expected[..^".expected.safetensors".Length];
            foreach (string path in Directory.GetFileSystemEntries(folder, $"{Path.GetFileName(stem)}.*").Where(path => path != expected).Order(StringComparer.Ordinal))
                yield return (Path.GetFileName(path), Compare(path, SafetensorsFile.Load(expected)));
        }
    }

    private static string? Compare(string path, SafetensorsFile expected)
    {
        using Model model = Open(path);
        float[] actual = model.Predict(expected.Tensors["x"]).ToFloats(), y = expected.Tensors["y"].ToFloats();
        if (actual.Length != y.Length)
            return $"{y.Length} numbers expected, {actual.Length} computed";
        float worst = actual.Zip(y, (a, b) => Math.Abs(a - b)).Max();
        return worst <= Tolerance ? null : $"off by {worst}";
    }

    private static Model Open(string path)
    {
        if (Directory.Exists(path))
            return TensorFlowJsModel.Load(path);
        if (!path.EndsWith(".weights.h5", StringComparison.Ordinal))
            return KerasModel.Load(path);

        // The weights belong to the model beside them.
        Model model = KerasModel.Load(path.Replace(".weights.h5", ".keras", StringComparison.Ordinal));
        Networks.Randomise(model);
        KerasModel.LoadWeights(model, path);
        return model;
    }

    // What samples/Browser loads, and what it has to say of the picture.
    private static void WritePage(string folder, string picture)
    {
        using Sequential model = Networks.Small();
        Networks.Randomise(model);
        TensorFlowJsModel.Save(model, Path.Combine(folder, "page.tfjs"));

        // The page keeps the fractions of scaled pixels, which loading a picture here rounds to bytes. A PNG file begins with its size.
        byte[] header = File.ReadAllBytes(picture)[16..24];
        (int height, int width) = (BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)), BinaryPrimitives.ReadInt32BigEndian(header));
        NDArray pixels = NDArray.From((height, width, 3), Image.Load(picture, (height, width)).Bytes.ToArray());
        NDArray scaled = ImageResize.Apply(pixels, (model.InputShape![1], model.InputShape[2]));
        float[] answer = model.Predict(NDArray.From(scaled.Shape.Prepend(1), [.. scaled.ToFloats().Select(pixel => pixel / 255)])).ToFloats();
        File.WriteAllText(
            Path.Combine(folder, "page.expected.json"), string.Create(CultureInfo.InvariantCulture, $"{{ \"cat\": {answer[0]}, \"dog\": {answer[1]} }}"));
    }

    // Five steps of Adam from the same weights with the same batch. TensorFlow.js adds epsilon to the corrected root, Keras and we to
    // the other; where epsilon is small beside every gradient, both are the same.
    private static void WriteTraining(string folder)
    {
        using Sequential model = Networks.Small();
        model.Compile(new Adam(0.001f, epsilon: 1e-9f), new CategoricalCrossentropy(), [new CategoricalAccuracy(), new MeanSquaredError(), new MeanAbsoluteError()]);
        TensorFlowJsModel.Save(model, Path.Combine(folder, "training.tfjs"), includeOptimizer: true);
        NDArray x = Networks.Batch(model, 4), labels = new float[,] { { 1, 0 }, { 0, 1 }, { 0, 1 }, { 1, 0 } };
        float[] reported = [.. model.Evaluate(x, labels).Values.Select(value => (float)value)];
        float[] losses = [.. Enumerable.Range(0, 5).Select(_ => (float)model.TrainOnBatch(x, labels)["loss"])];
        SafetensorsFile.Save(
            Path.Combine(folder, "training.expected.safetensors"),
            [
                new("x", x), new("labels", labels), new("losses", losses), new("reported", reported),
                .. model.Variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value.ToNDArray())),
            ]);
    }
}
