using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>
/// The weights of a network in a safetensors file of a PyTorch <c>state_dict</c>. PyTorch has the channels of pictures first:
/// kernels are [out, in, height, width], those of linear layers [out, in], and the rows of a linear layer behind a flattened
/// picture follow its channels, rows, columns.
/// </summary>
public static class PyTorchWeights
{
    /// <summary>Gives a model the weights of a file. The whole file is checked before anything is changed.</summary>
    /// <param name="model">A built model of the same network.</param>
    /// <param name="path">The file, as <c>safetensors.torch.save_file(model.state_dict(), path)</c> writes it.</param>
    /// <param name="names">The prefix in the file for the name of each layer with weights, such as <c>conv2d</c>:
    /// <c>features.0</c>; the layer's own name where there is none.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    /// <exception cref="NotSupportedException">A layer has no counterpart; the message names it.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or of another network; the message names the tensor.</exception>
    public static void Load(Model model, string path, IReadOnlyDictionary<string, string>? names = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var file = new SafetensorsMap(path);
        var values = new List<(Variable Variable, NDArray Value)>();
        foreach (Weight weight in Weights(model, names))
        {
            if (!file.Contains(weight.Name))
                throw new InvalidDataException($"{path}: there is no tensor '{weight.Name}' for {weight.Layer}");
            Shape expected = weight.ToPyTorch(new NDArray(weight.Variable.Shape)).Shape;
            if (file.ShapeOf(weight.Name) != expected)
                throw new InvalidDataException($"{path}: tensor '{weight.Name}' for {weight.Layer}: expected {expected}, found {file.ShapeOf(weight.Name)}");
            NDArray value = file.Read(weight.Name);
            if (value.DType != DType.Float32)
                throw new InvalidDataException($"{path}: tensor '{weight.Name}' for {weight.Layer}: expected floats, found {file.TypeOf(weight.Name)}");
            values.Add((weight.Variable, weight.FromPyTorch(value)));
        }

        foreach ((Variable variable, NDArray value) in values)
            variable.Assign(value);
    }

    /// <summary>Writes the weights of a model as PyTorch has them. The file is complete or not there.</summary>
    /// <param name="model">A built model.</param>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="names">The prefix in the file for the name of each layer; the layer's own name where there is none.</param>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    /// <exception cref="NotSupportedException">A layer has no counterpart; the message names it. Nothing is written.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(Model model, string path, IReadOnlyDictionary<string, string>? names = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafetensorsFile.Save(
            path,
            [.. Weights(model, names).Select(weight => KeyValuePair.Create(weight.Name, weight.ToPyTorch(weight.Variable.Value.ToNDArray())))],
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    private static List<Weight> Weights(Model model, IReadOnlyDictionary<string, string>? names)
    {
        if (!model.Built)
            throw new InvalidOperationException($"{model} is not built yet: build it, call it on a batch, or begin it with an Input");
        var weights = new List<Weight>();
        Collect(model, names, weights);
        string? unknown = names?.Keys.FirstOrDefault(name => !weights.Any(weight => weight.Layer.Name == name));
        return unknown is null ? weights : throw new ArgumentException($"{model} has no layer '{unknown}' with weights", nameof(names));
    }

    private static void Collect(Model model, IReadOnlyDictionary<string, string>? names, List<Weight> weights)
    {
        foreach (Layer layer in model.Layers)
        {
            if (layer is Model inner)
            {
                Collect(inner, names, weights);
                continue;
            }

            string prefix = names?.GetValueOrDefault(layer.Name) ?? layer.Name;
            foreach (Variable variable in layer.Variables)
            {
                string own = variable.Name[(variable.Name.LastIndexOf('/') + 1)..];
                string name = (layer, own) switch
                {
                    (SeparableConv2D, _) => throw new NotSupportedException($"{layer}: PyTorch has two layers in its place"),
                    (Dense or Conv2D or DepthwiseConv2D or Conv2DTranspose, "kernel") or (_, "gamma" or "embeddings") => "weight",
                    (_, "bias" or "beta") => "bias",
                    (BatchNormalization, "moving_mean") => "running_mean",
                    (BatchNormalization, "moving_variance") => "running_var",
                    _ => throw new NotSupportedException($"{layer}: PyTorch has nothing for its weight '{own}'"),
                };
                Shape? picture = layer is Dense && own == "kernel" ? Flattened(layer, model) : null;
                weights.Add(new Weight($"{prefix}.{name}", layer, variable, own == "kernel", picture));
            }
        }
    }

    // The picture [height, width, channels] that a dense layer sees as a row, or null.
    private static Shape? Flattened(Layer dense, Model model)
    {
        Layer? before = Before(dense, model);
        while (before is Dropout or Activation)
            before = Before(before, model);
        return before is Flatten { InputShape: { Rank: 4 } shape } && shape[1] > 0 && shape[2] > 0 ? shape.Without(0) : null;
    }

    private static Layer? Before(Layer layer, Model model)
    {
        if (model.Nodes is { } nodes)
            return nodes.FirstOrDefault(node => node.Layer == layer)?.Inputs is [var input] ? input.Layer : null;
        int at = 0;
        while (at < model.Layers.Count && model.Layers[at] != layer)
            at++;
        return at > 0 ? model.Layers[at - 1] : null;
    }

    /// <summary>A weight and its place in the file.</summary>
    private sealed record Weight(string Name, Layer Layer, Variable Variable, bool IsKernel, Shape? Picture)
    {
        public NDArray ToPyTorch(NDArray value)
        {
            if (!IsKernel)
                return value;
            return Layer switch
            {
                Dense => Permutation.Of(Picture is null ? value : Permutation.DenseRows(value, Picture, toChannelsLast: false), 1, 0),
                DepthwiseConv2D => OneGroupEach(value),
                _ => Permutation.Of(value, Permutation.KernelToChannelsFirst),
            };
        }

        public NDArray FromPyTorch(NDArray value)
        {
            if (!IsKernel)
                return value;
            if (Layer is Dense)
            {
                NDArray rows = Permutation.Of(value, 1, 0);
                return Picture is null ? rows : Permutation.DenseRows(rows, Picture, toChannelsLast: true);
            }

            // [channels·multiplier, 1, height, width] for [height, width, channels, multiplier].
            Shape shape = Variable.Shape;
            return Layer is DepthwiseConv2D
                ? Permutation.Of(value.Reshape((shape[2], shape[3], shape[0], shape[1])), 2, 3, 0, 1)
                : Permutation.Of(value, Permutation.KernelToChannelsLast);
        }

        private static NDArray OneGroupEach(NDArray value)
        {
            NDArray ordered = Permutation.Of(value, 2, 3, 0, 1);
            return ordered.Reshape((ordered.Shape[0] * ordered.Shape[1], 1, ordered.Shape[2], ordered.Shape[3]));
        }
    }
}
