using System.Globalization;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>
/// Weights in Keras 3's .weights.h5: a group a layer, in it <c>vars</c> with data sets numbered from 0, and the optimizer's
/// state beside. Source of the layout: keras/src/saving/saving_lib.py.
/// </summary>
internal static class KerasWeights
{
    private const string OptimizerPath = "optimizer/vars";
    private const string InnerOptimizerPath = "optimizer/inner_optimizer/vars";

    // Files of the first Keras 3 and of Keras 2.13 name the list of layers so.
    private const string OldLayers = "_layer_checkpoint_dependencies";

    /// <summary>Puts a model's weights and its optimizer's state into a file.</summary>
    public static void Write(Model model, Hdf5Writer file, LayerConfig layers, bool includeOptimizer = true)
    {
        foreach (WeightGroup group in WeightGroup.Of(model, layers))
        {
            string path = group.Path.Length == 0 ? "vars" : $"{group.Path}/vars";
            file.AddAttribute(path, "name", group.Layer.Name);
            for (int i = 0; i < group.Variables.Count; i++)
                file.Add(Numbered(path, i), group.Variables[i].Value.ToNDArray());
        }

        if (!includeOptimizer || model.Optimizer is not { } optimizer)
            return;
        Write(optimizer, file, OptimizerPath);

        // Keras keeps it twice: as a part of the outer optimizer's variables and by itself.
        if (optimizer is LossScaleOptimizer scaling)
            Write(scaling.InnerOptimizer, file, InnerOptimizerPath);
    }

    private static void Write(Optimizer optimizer, Hdf5Writer file, string path)
    {
        file.AddAttribute(path, "name", optimizer.Name);
        int number = 0;
        foreach (OptimizerEntry entry in OptimizerEntries.Numbers(optimizer).Concat(OptimizerEntries.State(optimizer)))
            entry.Write(file, Numbered(path, number++));
    }

    /// <summary>Gives a model the weights of a file, and its optimizer the state if the file has one.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or of another model; nothing has been changed.</exception>
    public static void Read(Model model, Hdf5Reader file, LayerConfig layers)
    {
        bool old = !file.Exists("layers") && file.Exists(OldLayers);
        var values = new List<(Variable Variable, NDArray Value)>();
        foreach (WeightGroup group in WeightGroup.Of(model, layers))
        {
            if (group.Variables.Count == 0)
                continue;
            string path = $"{(old ? group.Path.Replace("layers", OldLayers, StringComparison.Ordinal) : group.Path)}/vars";
            if (!file.Exists(path))
                throw file.Error(path, $"expected the weights of {group.Layer}, found none; is it a file of another model?");
            int count = file.Names(path).Count;
            if (count != group.Variables.Count)
                throw file.Error(path, $"expected {group.Variables.Count} weights of {group.Layer}, found {count}; is it a file of another model?");
            for (int i = 0; i < group.Variables.Count; i++)
                values.Add((group.Variables[i], file.Read(Numbered(path, i), group.Variables[i].Shape)));
        }

        IReadOnlyList<Action> state = model.Optimizer is { } optimizer && file.Exists(OptimizerPath) ? ReadState(optimizer, model, file) : [];
        foreach ((Variable variable, NDArray value) in values)
            variable.Assign(value);
        foreach (Action take in state)
            take();
    }

    private static IReadOnlyList<Action> ReadState(Optimizer optimizer, Model model, Hdf5Reader file)
    {
        int count = file.Names(OptimizerPath).Count;
        IReadOnlyList<OptimizerEntry> entries = OptimizerEntries.Of(optimizer, count, model.TrainableVariables) ?? throw file.Error(
            OptimizerPath,
            $"expected the {OptimizerEntries.Numbers(optimizer).Count + OptimizerEntries.State(optimizer).Count} tensors of {optimizer.Name}'s state, found {count}");
        return [.. entries.Select((entry, i) => entry.Read(file, Numbered(OptimizerPath, i)))];
    }

    private static string Numbered(string path, int number) => string.Create(CultureInfo.InvariantCulture, $"{path}/{number}");
}
