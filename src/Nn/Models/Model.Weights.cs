using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>Weights in files.</content>
public partial class Model
{
    /// <summary>
    /// Writes all weights and states to a safetensors file under names such as <c>conv2d/kernel</c>. The file is complete or
    /// not there: it is written beside its place and renamed.
    /// </summary>
    /// <param name="path">The file; replaced if it exists. Names that say that the file is of another kind, such as .weights.h5, are refused.</param>
    /// <exception cref="ArgumentException">The path ends in .h5, .hdf5, .keras or .onnx, which Numerics.Formats writes.</exception>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveWeights(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckWeightsPath(path, nameof(path));
        CheckBuilt("weights");
        SafetensorsFile.SaveContents(path, [.. Variables.Select(variable => KeyValuePair.Create(variable.Name, (TensorContent)variable.Value))]);
    }

    /// <summary>Reads weights and states from a safetensors file. The whole file is checked before anything is changed.</summary>
    /// <param name="path">A file with exactly the names, shapes and types of this model.</param>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, or of another model; the message names the file, the tensor, what was expected and what was found.
    /// </exception>
    public void LoadWeights(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckBuilt("places for weights");
        CheckWeightsFile(path);
        SafetensorsFile file = SafetensorsFile.Load(path);
        IReadOnlyList<Variable> variables = Variables;
        foreach (Variable variable in variables)
        {
            string expected = $"{variable.Value.DType} {variable.Shape}";
            if (!file.Tensors.TryGetValue(variable.Name, out NDArray? array))
                throw Foreign(path, variable.Name, expected, "none");
            if (array.Shape != variable.Shape || array.DType != variable.Value.DType)
                throw Foreign(path, variable.Name, expected, array.ToString());
        }

        string? foreign = file.Tensors.Keys.Except(variables.Select(variable => variable.Name)).FirstOrDefault();
        if (foreign is not null)
            throw Foreign(path, foreign, "no such tensor", file.Tensors[foreign].ToString());
        foreach (Variable variable in variables)
            variable.Assign(file.Tensors[variable.Name]);
    }

    /// <summary>Throws where a file's name says that it holds something else than safetensors: nothing would read it again.</summary>
    internal static void CheckWeightsPath(string path, string argument)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        if (extension is ".h5" or ".hdf5" or ".keras" or ".onnx")
        {
            throw new ArgumentException(
                $"'{path}' would hold safetensors, not what its name says: {extension} files are written by {(extension == ".onnx" ? "OnnxModel.Export" : "KerasModel")} of Numerics.Formats",
                argument);
        }
    }

    private static void CheckWeightsFile(string path)
    {
        using var stream = InputFile.Open(path);
        Span<byte> start = stackalloc byte[4];
        int count = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (count == start.Length && (start is [0x89, (byte)'H', (byte)'D', (byte)'F'] or [(byte)'P', (byte)'K', 3, 4]))
            throw new InvalidDataException($"{path}: a file of Keras, not of safetensors; KerasModel.LoadWeights of Numerics.Formats reads it");
    }

    private static InvalidDataException Foreign(string path, string tensor, string expected, string found) =>
        new($"{path}: tensor '{tensor}': expected {expected}, found {found}; is it a file of another model?");

    private void CheckBuilt(string what)
    {
        if (!Built)
            throw new InvalidOperationException($"{Title} has no {what} yet: build it, call it on a batch, or begin it with an Input");
    }
}
