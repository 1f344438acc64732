using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>
/// Whole models in Keras' files: <c>.keras</c> of Keras 3 (a zip file of <c>metadata.json</c>, <c>config.json</c> and
/// <c>model.weights.h5</c>) and <c>.h5</c> of Keras 2; weights alone in <c>.weights.h5</c>. Weights, layers, optimizer and its
/// state, loss and metrics are kept.
/// </summary>
public static class KerasModel
{
    /// <summary>The version of Keras whose layout .keras files have.</summary>
    internal const string Version = "3.12.0";

    /// <summary>The version of Keras whose layout .h5 files have.</summary>
    internal const string LegacyVersion = "2.15.0";

    private const string ModelConfigName = "model_config";
    private const string TrainingConfigName = "training_config";
    private const string WeightsGroup = "model_weights";

    /// <summary>Writes a model. The file is complete or not there.</summary>
    /// <param name="model">A built model.</param>
    /// <param name="path">The file, .keras or .h5; replaced if it exists.</param>
    /// <param name="includeOptimizer">Whether the settings of training and the optimizer's state are written, too. Metrics that
    /// Keras does not have are left out.</param>
    /// <param name="customObjects">Layers and losses of one's own.</param>
    /// <exception cref="ArgumentException">The path ends neither in .keras nor in .h5.</exception>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    /// <exception cref="NotSupportedException">The file cannot hold a layer, an initializer, the optimizer or the loss; the
    /// message names it and says what is known. Nothing is written.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(Model model, string path, bool includeOptimizer = true, CustomObjects? customObjects = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".keras":
                SaveArchive(model, path, includeOptimizer, customObjects);
                break;
            case ".h5" or ".hdf5" when !IsWeights(path):
                SaveLegacy(model, path, includeOptimizer, customObjects);
                break;
            default:
                throw new ArgumentException($"a model is written to a .keras or an .h5 file, not to '{path}'", nameof(path));
        }
    }

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file; what it is is told by its content.</param>
    /// <param name="compile">Whether the model is compiled as it was when it was written, if the file says how. Without, a model
    /// whose loss or optimizer is not known can still be loaded.</param>
    /// <param name="customObjects">Layers and losses of one's own.</param>
    /// <returns>The model, built.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, or holds a layer, a loss or a setting that is not known; the message names the file and what it is.
    /// </exception>
    public static Model Load(string path, bool compile = true, CustomObjects? customObjects = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return IsZip(path) ? LoadArchive(path, compile, customObjects) : LoadLegacy(path, compile, customObjects);
    }

    /// <summary>Writes the weights of a model, and the optimizer's state if it has one, as Keras 3's <c>save_weights</c> does.</summary>
    /// <param name="model">A built model.</param>
    /// <param name="path">The file, .weights.h5; replaced if it exists.</param>
    /// <param name="customObjects">Layers of one's own.</param>
    /// <exception cref="ArgumentException">The path does not end in .weights.h5.</exception>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    /// <exception cref="NotSupportedException">A layer has no class in Keras.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveWeights(Model model, string path, CustomObjects? customObjects = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!IsWeights(path))
            throw new ArgumentException($"weights are written to a .weights.h5 file, not to '{path}'", nameof(path));
        CheckBuilt(model);
        var file = new Hdf5Writer();
        KerasWeights.Write(model, file, new LayerConfig(ConfigDialect.Keras, customObjects));
        WholeFile.Write(path, file.Save);
    }

    /// <summary>
    /// Gives a model the weights of a file: .weights.h5 of Keras 3, .h5 of Keras 2 with weights alone or a whole model, .keras.
    /// </summary>
    /// <param name="model">A built model with the same layers.</param>
    /// <param name="path">The file.</param>
    /// <param name="customObjects">Layers of one's own.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or of another model; the model has not been changed.</exception>
    public static void LoadWeights(Model model, string path, CustomObjects? customObjects = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckBuilt(model);
        var layers = new LayerConfig(ConfigDialect.Keras, customObjects);
        if (IsZip(path))
        {
            using var archive = new KerasArchive(path);
            using Hdf5Reader inner = OpenWeights(archive, path);
            KerasWeights.Read(model, inner, layers);
            return;
        }

        using Hdf5Reader file = Open(path);
        string? legacy = file.Exists(WeightsGroup) ? WeightsGroup : LegacyWeights.Holds(file, "/") ? "/" : null;
        if (legacy is not null)
            LegacyWeights.Read(model, file, legacy);
        else
            KerasWeights.Read(model, file, layers);
    }

    private static void SaveArchive(Model model, string path, bool includeOptimizer, CustomObjects? custom)
    {
        JsonObject config = new ModelConfig(ConfigDialect.Keras, custom).Write(model);
        if (includeOptimizer && TrainingConfig.Write(model, custom) is { } training)
            config["compile_config"] = training;
        var metadata = new JsonObject
        {
            ["keras_version"] = Version,
            ["date_saved"] = DateTime.Now.ToString("yyyy-MM-dd@HH:mm:ss", CultureInfo.InvariantCulture),
        };
        var weights = new Hdf5Writer();
        KerasWeights.Write(model, weights, new LayerConfig(ConfigDialect.Keras, custom), includeOptimizer);
        using var buffer = new MemoryStream();
        weights.Save(buffer);
        WholeFile.Write(path, stream => KerasArchive.Write(
            stream,
            (KerasArchive.Metadata, Utf8(metadata)),
            (KerasArchive.Config, Utf8(config)),
            (KerasArchive.Weights, buffer.GetBuffer().AsMemory(0, (int)buffer.Length))));
    }

    private static Model LoadArchive(string path, bool compile, CustomObjects? custom)
    {
        using var archive = new KerasArchive(path);
        ConfigObject config = ConfigObject.Parse(archive.Read(KerasArchive.Config), $"{path}: {KerasArchive.Config}");
        using Hdf5Reader weights = OpenWeights(archive, path);
        Model model = new ModelConfig(ConfigDialect.Keras, custom).Read(config, weights.Length);
        try
        {
            if (compile && config.Optional("compile_config") is { } training)
                TrainingConfig.Apply(model, training, custom);
            KerasWeights.Read(model, weights, new LayerConfig(ConfigDialect.Keras, custom));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static void SaveLegacy(Model model, string path, bool includeOptimizer, CustomObjects? custom)
    {
        var file = new Hdf5Writer();
        file.AddAttribute("/", "backend", "tensorflow");
        file.AddAttribute("/", "keras_version", LegacyVersion);
        file.AddAttribute("/", ModelConfigName, new ModelConfig(ConfigDialect.Legacy, custom).Write(model).ToJsonString());
        LegacyWeights.Write(model, file, WeightsGroup);
        if (includeOptimizer && TrainingConfig.WriteLegacy(model, custom) is { } training)
        {
            file.AddAttribute("/", TrainingConfigName, training.ToJsonString());
            LegacyWeights.WriteState(model.Optimizer!, file);
        }

        WholeFile.Write(path, file.Save);
    }

    private static Model LoadLegacy(string path, bool compile, CustomObjects? custom)
    {
        using Hdf5Reader file = Open(path);
        string text = file.Text("/", ModelConfigName) ??
            throw new InvalidDataException($"{path}: there is no attribute '{ModelConfigName}'; does the file hold weights alone?");
        ConfigObject config = ConfigObject.Parse(Encoding.UTF8.GetBytes(text), $"{path}: {ModelConfigName}");
        Model model = new ModelConfig(ConfigDialect.Legacy, custom).Read(config, file.Length);
        try
        {
            LegacyWeights.Read(model, file, WeightsGroup);
            if (compile && file.Text("/", TrainingConfigName) is { } training)
            {
                TrainingConfig.Apply(model, ConfigObject.Parse(Encoding.UTF8.GetBytes(training), $"{path}: {TrainingConfigName}"), custom);
                LegacyWeights.ReadState(model, file);
            }

            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static Hdf5Reader Open(string path)
    {
        var stream = InputFile.Open(path);
        Span<byte> start = stackalloc byte[Hdf5Reader.Signature.Length];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.SequenceEqual(Hdf5Reader.Signature))
        {
            stream.Dispose();
            throw new InvalidDataException($"{path}: neither a .keras file, which is a zip archive, nor an HDF5 file");
        }

        stream.Position = 0;
        return new Hdf5Reader(stream, path);
    }

    private static Hdf5Reader OpenWeights(KerasArchive archive, string path) =>
        new(new MemoryStream(archive.Read(KerasArchive.Weights), writable: false), $"{path}: {KerasArchive.Weights}");

    private static bool IsZip(string path)
    {
        using var stream = InputFile.Open(path);
        Span<byte> start = stackalloc byte[2];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("PK"u8);
    }

    private static bool IsWeights(string path) => path.EndsWith(".weights.h5", StringComparison.OrdinalIgnoreCase);

    private static byte[] Utf8(JsonObject value) => Encoding.UTF8.GetBytes(value.ToJsonString());

    private static void CheckBuilt(Model model)
    {
        if (!model.Built)
            throw new InvalidOperationException($"{model} is not built yet: build it, call it on a batch, or begin it with an Input");
    }
}
