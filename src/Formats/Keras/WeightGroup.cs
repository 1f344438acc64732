using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>The weights of one layer, and where Keras keeps them.</summary>
/// <param name="Path">The path in a .weights.h5 file of Keras 3, such as <c>layers/conv2d_1</c>; empty for the model itself.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Variables">Its weights and states, in Keras' order; none for a model, whose layers have groups of their own.</param>
internal sealed record WeightGroup(string Path, Layer Layer, IReadOnlyList<Variable> Variables)
{
    /// <summary>
    /// The groups of a model and its layers. Paths are made of class names and numbers, not of layers' names: Keras'
    /// <c>_save_container_state</c> in keras/src/saving/saving_lib.py.
    /// </summary>
    public static IEnumerable<WeightGroup> Of(Model model, LayerConfig layers) => Of(model, "", layers, []);

    private static IEnumerable<WeightGroup> Of(Model model, string path, LayerConfig layers, HashSet<Layer> seen)
    {
        yield return new WeightGroup(path, model, []);
        var used = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Layer layer in model.Layers)
        {
            string name = SnakeCase.Of(layers.ClassName(layer));
            if (used.TryGetValue(name, out int number))
                (used[name], name) = (number + 1, $"{name}_{number + 1}");
            else
                used.Add(name, 0);
            string inner = path.Length == 0 ? $"layers/{name}" : $"{path}/layers/{name}";
            if (layer is Model nested)
            {
                foreach (WeightGroup group in Of(nested, inner, layers, seen))
                    yield return group;
            }
            else
            {
                // A layer that two models share is kept where it is met first.
                yield return new WeightGroup(inner, layer, seen.Add(layer) ? layer.Variables : []);
            }
        }
    }
}
