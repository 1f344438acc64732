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
        file.AddAttribute(OptimizerPath, "name", optimizer.Name);
        file.Add(Numbered(OptimizerPath, 0), optimizer.Calls);
        int first = First(optimizer);
        if (first > 1)
            file.Add(Numbered(OptimizerPath, 1), NDArray.From(Shape.Scalar, [optimizer.LearningRate]));
        IReadOnlyList<Variable> state = OptimizerConfig.StateOf(optimizer);
        for (int i = 0; i < state.Count; i++)
            file.Add(Numbered(OptimizerPath, i + first), state[i].Value.ToNDArray());
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

        if (model.Optimizer is { } optimizer && file.Exists(OptimizerPath))
            ReadState(optimizer, model, file, values);
        foreach ((Variable variable, NDArray value) in values)
            variable.Assign(value);
    }

    private static void ReadState(Optimizer optimizer, Model model, Hdf5Reader file, List<(Variable Variable, NDArray Value)> values)
    {
        int count = file.Names(OptimizerPath).Count;
        if (count == 0)
            return;
        long iterations = file.ReadWhole(Numbered(OptimizerPath, 0));
        if (iterations < 0)
            throw file.Error(OptimizerPath, $"the number of steps is {iterations}");

        // Before the first step there is no state besides the number of steps and the rate.
        int first = First(optimizer);
        if (count > first)
        {
            optimizer.Build(model.TrainableVariables);
            IReadOnlyList<Variable> state = OptimizerConfig.StateOf(optimizer);
            if (count != state.Count + first)
                throw file.Error(OptimizerPath, $"expected the {state.Count + first} tensors of {optimizer.Name}'s state, found {count}");
            for (int i = 0; i < state.Count; i++)
                values.Add((state[i], file.Read(Numbered(OptimizerPath, i + first), state[i].Shape)));
        }

        if (count > 1 && first > 1)
        {
            float rate = file.Read(Numbered(OptimizerPath, 1), Shape.Scalar).AsSpan<float>()[0];
            if (rate is not (>= 0 and < float.PositiveInfinity))
                throw file.Error(OptimizerPath, $"the learning rate is {rate}");
            optimizer.LearningRate = rate;
        }

        optimizer.Calls = iterations;
    }

    // The number of calls and the rate, which a schedule takes the place of.
    private static int First(Optimizer optimizer) => optimizer.Schedule.IsConstant ? 2 : 1;

    private static string Numbered(string path, int number) => string.Create(CultureInfo.InvariantCulture, $"{path}/{number}");
}
