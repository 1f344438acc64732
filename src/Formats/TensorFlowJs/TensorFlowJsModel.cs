using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>
/// Models of TensorFlow.js: a folder with <c>model.json</c>, the layers and the list of weights, and the weights in files of at
/// most 4 MB. <c>tf.loadLayersModel</c> reads them in a browser.
/// </summary>
public static class TensorFlowJsModel
{
    /// <summary>The name of the file with the layers.</summary>
    public const string ModelFile = "model.json";

    // What browsers cache; also TensorFlow.js' own limit.
    private const int ShardLength = 4 * 1024 * 1024;

    /// <summary>Writes a model. The weights are written before the file that names them.</summary>
    /// <param name="model">A built model.</param>
    /// <param name="folder">The folder; made if it does not exist, files in it are replaced.</param>
    /// <param name="includeOptimizer">Whether loss, metrics and the optimizer's settings are written, too, as far as the model is compiled;
    /// not the optimizer's state. Metrics that TensorFlow.js does not have are left out.</param>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    /// <exception cref="NotSupportedException">TensorFlow.js does not have a layer or one of its settings, the optimizer or the loss, or two
    /// layers that are not in one model have one name; the message names it. Nothing is written.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Save(Model model, string folder, bool includeOptimizer = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("TensorFlow.js' files are little-endian, this machine is not");
        JsonObject topology = new ModelConfig(ConfigDialect.TensorFlowJs, null).Write(model);
        JsonObject? training = includeOptimizer && model.Optimizer is { } optimizer ? TensorFlowJsTraining.Write(model, optimizer) : null;
        (Variable Variable, string Name)[] weights = [.. TensorFlowJsWeights.Of(model)];
        if (weights.GroupBy(weight => weight.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new NotSupportedException($"{model}: two weights would be called '{twice.Key}' in TensorFlow.js; give the layers names of their own");

        long length = weights.Sum(weight => (long)weight.Variable.Shape.Size * sizeof(float));
        int shards = (int)Math.Max(1, (length + ShardLength - 1) / ShardLength);
        string[] files = [.. Enumerable.Range(1, shards).Select(i => string.Create(CultureInfo.InvariantCulture, $"group1-shard{i}of{shards}.bin"))];
        _ = Directory.CreateDirectory(folder);
        using (var bytes = new ShardReader(weights.Select(weight => weight.Variable)))
        {
            foreach (string file in files)
                WholeFile.Write(Path.Combine(folder, file), stream => bytes.CopyTo(stream, ShardLength));
        }

        topology["keras_version"] = "tfjs-layers 4.22.0";
        topology["backend"] = "tensor_flow.js";
        var json = new JsonObject
        {
            ["format"] = "layers-model",
            ["generatedBy"] = "Numerics",
            ["convertedBy"] = null,
            ["modelTopology"] = topology,
            ["weightsManifest"] = new JsonArray(new JsonObject
            {
                ["paths"] = new JsonArray([.. files.Select(file => (JsonNode)file)]),
                ["weights"] = new JsonArray([.. weights.Select(weight => (JsonNode)new JsonObject
                {
                    ["name"] = weight.Name,
                    ["shape"] = LayerSettings.Numbers(weight.Variable.Shape.Dims),
                    ["dtype"] = "float32",
                })]),
            }),
        };
        if (training is not null)
            json["trainingConfig"] = training;
        WholeFile.Write(Path.Combine(folder, ModelFile), stream => stream.Write(Encoding.UTF8.GetBytes(json.ToJsonString())));
    }

    /// <summary>Reads a layers model that TensorFlow.js, its converter or <see cref="Save"/> wrote; quantized weights become floats.</summary>
    /// <param name="path">The folder, or the file in it.</param>
    /// <param name="compile">Whether the model is compiled as it was when it was written, if the file says how; the optimizer begins anew.
    /// Without, a model whose loss or optimizer is not known can still be loaded.</param>
    /// <param name="customObjects">Layers and losses of one's own.</param>
    /// <returns>The model, built.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is damaged, or holds a layer or a setting that is not known; the message names the file and what it is.
    /// </exception>
    public static Model Load(string path, bool compile = true, CustomObjects? customObjects = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Directory.Exists(path) ? Path.Combine(path, ModelFile) : path;
        ConfigObject json = ConfigObject.Parse(File.ReadAllBytes(file), file);
        if (json.Text("format", "layers-model") is var format && format != "layers-model")
            throw json.Error($"'format': expected layers-model, found {format}");
        Dictionary<string, NDArray> weights = TensorFlowJsWeights.Read(json, Path.GetDirectoryName(Path.GetFullPath(file))!);
        ConfigObject topology = json.Object("modelTopology");
        Model model = new ModelConfig(ConfigDialect.TensorFlowJs, customObjects)
            .Read(topology.Optional("model_config") ?? topology, weights.Values.Sum(array => (long)array.Shape.Size));
        try
        {
            foreach ((Variable variable, string name) in TensorFlowJsWeights.Of(model))
            {
                NDArray array = weights.GetValueOrDefault(name) ?? weights.GetValueOrDefault(variable.Name) ??
                    throw json.Error($"there is no weight '{name}'");
                if (array.Shape != variable.Shape)
                    throw json.Error($"weight '{name}': expected {variable.Shape}, found {array.Shape}");
                variable.Assign(array);
            }

            if (compile && json.Optional("trainingConfig") is { } training)
                TensorFlowJsTraining.Apply(model, training.At($"{file}: trainingConfig"), customObjects);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
