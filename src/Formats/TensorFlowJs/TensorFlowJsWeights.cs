using System.Buffers.Binary;
using System.Text.Json;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>The weights of TensorFlow.js' models: their names, and the files that hold them.</summary>
internal static class TensorFlowJsWeights
{
    /// <summary>
    /// A model's weights under TensorFlow.js' names: layer and weight, without the models that the layer is in. A depthwise
    /// kernel is called so there.
    /// </summary>
    public static IEnumerable<(Variable Variable, string Name)> Of(Model model)
    {
        foreach (Layer layer in model.Layers)
        {
            if (layer is Model inner)
            {
                foreach ((Variable variable, string name) in Of(inner))
                    yield return (variable, name);
                continue;
            }

            foreach (Variable variable in layer.Variables)
            {
                string weight = variable.Name[(variable.Name.LastIndexOf('/') + 1)..];
                yield return (variable, $"{layer.Name}/{(layer is DepthwiseConv2D && weight == "kernel" ? "depthwise_kernel" : weight)}");
            }
        }
    }

    /// <summary>The weights that a model's file lists, from the files beside it.</summary>
    /// <exception cref="InvalidDataException">A file is missing or of another length, or a type is not known.</exception>
    public static Dictionary<string, NDArray> Read(ConfigObject json, string folder)
    {
        var weights = new Dictionary<string, NDArray>(StringComparer.Ordinal);
        foreach (ConfigObject group in json.Objects("weightsManifest"))
        {
            byte[] bytes = ReadFiles(group, folder);
            int position = 0;
            foreach (ConfigObject weight in group.Objects("weights"))
            {
                string name = weight.Text("name");

                // The state of an optimizer, which begins anew here.
                if (weight.Text("group", "model") == "optimizer")
                {
                    Skip(weight, name, bytes, ref position);
                    continue;
                }

                NDArray array = Read(weight, name, bytes, ref position);

                // The converter names some weights after the models that they are in as well.
                if (!weights.TryAdd(name, array))
                    throw json.Error($"there are two weights '{name}'");
            }

            if (position != bytes.Length)
                throw json.Error($"the weights take {position} bytes, their files have {bytes.Length}");
        }

        return weights;
    }

    private static byte[] ReadFiles(ConfigObject group, string folder)
    {
        if (!group.IsList("paths"))
            throw group.Error("'paths': expected a list of files");
        string[] files = [.. group.Element.GetProperty("paths").EnumerateArray().Select(path =>
            path.ValueKind == JsonValueKind.String ? path.GetString()! : throw group.Error("'paths': expected a list of files"))];
        foreach (string file in files)
        {
            if (file.Length == 0 || file.Contains('\0', StringComparison.Ordinal) || file != Path.GetFileName(file) || file.Contains('\\', StringComparison.Ordinal) || file is "." or "..")
                throw group.Error($"'paths': '{file}' is not a file beside the model");
            if (!File.Exists(Path.Combine(folder, file)))
                throw group.Error($"there is no file '{file}' beside it");
        }

        long length = files.Sum(file => new FileInfo(Path.Combine(folder, file)).Length);
        if (length > Array.MaxLength)
            throw group.Error($"a group of weights of {length} bytes is too large");
        using var content = new MemoryStream((int)length);
        foreach (string file in files)
            content.Write(File.ReadAllBytes(Path.Combine(folder, file)));
        return content.ToArray();
    }

    private static void Skip(ConfigObject weight, string name, byte[] bytes, ref int position)
    {
        if (weight.Text("dtype") is var type && type is not ("float32" or "int32"))
            throw weight.Error($"weight '{name}': expected float32 or int32, found {type}");
        position += Take(weight, name, 4, bytes, position).Length;
    }

    // The bytes of a weight's numbers.
    private static ReadOnlySpan<byte> Take(ConfigObject weight, string name, int size, byte[] bytes, int position)
    {
        Shape shape = weight.Shape("shape");
        if (!shape.IsFullyKnown)
            throw weight.Error($"weight '{name}': the shape {shape} is not known");
        long length = (long)shape.Size * size;
        return length <= bytes.Length - position
            ? bytes.AsSpan(position, (int)length)
            : throw weight.Error($"weight '{name}' {shape}: {length} bytes are needed at {position}, the files have {bytes.Length}");
    }

    private static NDArray Read(ConfigObject weight, string name, byte[] bytes, ref int position)
    {
        if (weight.Text("dtype") is var type && type != "float32")
            throw weight.Error($"weight '{name}': expected float32, found {type}");
        ConfigObject? quantization = weight.Optional("quantization");
        string stored = quantization?.Text("dtype") ?? type;
        int size = stored switch
        {
            "float32" => 4,
            "float16" or "uint16" => 2,
            "uint8" => 1,
            _ => throw weight.Error($"weight '{name}': numbers stored as {stored} are not supported"),
        };
        ReadOnlySpan<byte> source = Take(weight, name, size, bytes, position);
        position += source.Length;

        // A number q stands for q·scale + min.
        float scale = quantization is not null && stored != "float16" ? quantization.Number("scale") : 1;
        float minimum = quantization is not null && stored != "float16" ? quantization.Number("min") : 0;
        NDArray array = NDArray.Empty(weight.Shape("shape"));
        Span<float> values = array.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = stored switch
            {
                "float32" => BinaryPrimitives.ReadSingleLittleEndian(source[(i * 4)..]),
                "float16" => (float)BinaryPrimitives.ReadHalfLittleEndian(source[(i * 2)..]),
                "uint16" => (BinaryPrimitives.ReadUInt16LittleEndian(source[(i * 2)..]) * scale) + minimum,
                _ => (source[i] * scale) + minimum,
            };
        }

        return array;
    }
}
