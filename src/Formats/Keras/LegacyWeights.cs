using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>
/// Weights in Keras 2's .h5: a group a layer under the layer's name, the lists of layers and weights in attributes. Source of
/// the layout: keras/src/legacy/saving/legacy_h5_format.py.
/// </summary>
internal static class LegacyWeights
{
    private const string Layers = "layer_names";
    private const string Weights = "weight_names";
    private const string OptimizerPath = "optimizer_weights";

    /// <summary>Puts a model's weights into a group of a file.</summary>
    public static void Write(Model model, Hdf5Writer file, string root)
    {
        file.AddAttribute(root, Layers, [.. model.Layers.Select(layer => layer.Name)]);
        file.AddAttribute(root, "backend", "tensorflow");
        file.AddAttribute(root, "keras_version", KerasModel.LegacyVersion);
        foreach (Layer layer in model.Layers)
        {
            string path = $"{root}/{layer.Name}";
            file.AddGroup(path);
            IReadOnlyList<Variable> variables = InOrder(layer);
            file.AddAttribute(path, Weights, [.. variables.Select(NameOf)]);
            foreach (Variable variable in variables)
                file.Add($"{path}/{NameOf(variable)}", variable.Value.ToNDArray());
        }

        file.AddGroup($"{root}/top_level_model_weights");
    }

    /// <summary>Puts an optimizer's state into a file.</summary>
    public static void WriteState(Optimizer optimizer, Hdf5Writer file)
    {
        OptimizerEntry[] entries = [.. OptimizerEntries.Numbers(optimizer), .. OptimizerEntries.State(optimizer)];
        foreach (OptimizerEntry entry in entries)
            entry.Write(file, $"{OptimizerPath}/{entry.Name}");
        file.AddAttribute(OptimizerPath, Weights, [.. entries.Select(entry => entry.Name)]);
    }

    /// <summary>Whether a group holds weights of this layout.</summary>
    public static bool Holds(Hdf5Reader file, string root) => file.Texts(root, Layers) is not null;

    /// <summary>Gives a model the weights of a group; layers are taken in order, whatever they are called, as Keras does.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or of another model; nothing has been changed.</exception>
    public static void Read(Model model, Hdf5Reader file, string root)
    {
        Layer[] layers = [.. model.Layers.Where(layer => layer.Variables.Count > 0)];
        IReadOnlyList<string> names = file.Texts(root, Layers) ?? throw file.Error(root, $"there is no attribute '{Layers}'");
        var groups = new List<(string Path, IReadOnlyList<string> Weights)>();
        foreach (string name in names)
        {
            string path = root == "/" ? name : $"{root}/{name}";
            if (file.Exists(path) && file.Texts(path, Weights) is { Count: > 0 } weights)
                groups.Add((path, weights));
        }

        if (groups.Count != layers.Length)
            throw file.Error(root, $"expected {layers.Length} layers with weights, found {groups.Count}; is it a file of another model?");
        var values = new List<(Variable Variable, NDArray Value)>();
        for (int i = 0; i < layers.Length; i++)
        {
            (string path, IReadOnlyList<string> weights) = groups[i];
            IReadOnlyList<Variable> variables = InOrder(layers[i]);
            if (weights.Count != variables.Count)
                throw file.Error(path, $"expected {variables.Count} weights of {layers[i]}, found {weights.Count}; is it a file of another model?");
            for (int k = 0; k < variables.Count; k++)
                values.Add((variables[k], file.Read($"{path}/{weights[k]}", variables[k].Shape)));
        }

        foreach ((Variable variable, NDArray value) in values)
            variable.Assign(value);
    }

    /// <summary>Gives a model's optimizer the state that a file holds, if it does.</summary>
    /// <exception cref="InvalidDataException">The state is damaged or of another optimizer.</exception>
    public static void ReadState(Model model, Hdf5Reader file)
    {
        if (model.Optimizer is not { } optimizer || !file.Exists(OptimizerPath) || file.Texts(OptimizerPath, Weights) is not { Count: > 0 } names)
            return;
        optimizer.Build(model.TrainableVariables);

        // Keras 2's first optimizers begin with the number of steps alone.
        bool old = names[0].EndsWith("iter:0", StringComparison.Ordinal);
        IReadOnlyList<OptimizerEntry> numbers = OptimizerEntries.Numbers(optimizer), state = old ? OptimizerEntries.OldState(optimizer) : OptimizerEntries.State(optimizer);

        // Keras 2 leaves out what scales the loss.
        if (optimizer is LossScaleOptimizer scaling && names.Count != numbers.Count && names.Count != numbers.Count + state.Count)
            numbers = OptimizerEntries.Numbers(scaling.InnerOptimizer);
        int first = old || names.Count == 1 || names.Count == state.Count + 1 ? 1 : Math.Max(numbers.Count, 2);
        if (names.Count != first && names.Count != state.Count + first)
            throw file.Error(OptimizerPath, $"expected the {state.Count + first} tensors of {optimizer.Name}'s state, found {names.Count}");
        Action Read(OptimizerEntry entry, int number) => entry.Read(file, $"{OptimizerPath}/{names[number]}");
        Action[] values =
        [
            .. numbers.Take(first).Select(Read),
            .. names.Count == first ? [] : state.Select((entry, i) => Read(entry, i + first)),
        ];
        foreach (Action take in values)
            take();
    }

    // Keras 2 puts the weights that training changes before the others.
    private static IReadOnlyList<Variable> InOrder(Layer layer)
    {
        IReadOnlyList<Variable> trainable = layer.TrainableVariables;
        return [.. trainable, .. layer.Variables.Except(trainable)];
    }

    private static string NameOf(Variable variable) => $"{variable.Name}:0";
}
