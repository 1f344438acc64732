using System.Globalization;
using System.Text;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>How layers are named and how their inputs are described.</summary>
internal static class LayerNames
{
    /// <summary>A type's name as Keras writes layers: Conv2D is conv2d, MaxPooling2D is max_pooling2d.</summary>
    public static string SnakeCase(string typeName)
    {
        int generic = typeName.IndexOf('`', StringComparison.Ordinal);
        ReadOnlySpan<char> name = generic < 0 ? typeName : typeName.AsSpan(0, generic);
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool word = i > 0 && char.IsUpper(name[i]) && char.IsLower(name[i - 1]);
            bool afterCapitals = i > 0 && i + 1 < name.Length && char.IsUpper(name[i]) && char.IsUpper(name[i - 1]) && char.IsLower(name[i + 1]);
            if (word || afterCapitals)
                _ = text.Append('_');
            _ = text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    /// <summary>What layers of a type are called before they are numbered.</summary>
    public static string Stem(Type type) => type == typeof(Input) ? "input_layer" : type == typeof(Model) ? "functional" : SnakeCase(type.Name);

    /// <summary>The layer's own name, or its type's with a number that no neighbour has.</summary>
    /// <exception cref="ArgumentException">The user gave two layers one name.</exception>
    public static string Unique(Layer layer, IReadOnlyList<Layer> neighbours)
    {
        bool Taken(string name) => neighbours.Any(other => other.Name == name);
        if (layer.HasOwnName)
        {
            return Taken(layer.Name)
                ? throw new ArgumentException($"two layers are named '{layer.Name}'; every layer of a model needs a name of its own", nameof(layer))
                : layer.Name;
        }

        string stem = Stem(layer.GetType()), name = stem;
        for (int number = 1; Taken(name); number++)
            name = string.Create(CultureInfo.InvariantCulture, $"{stem}_{number}");
        return name;
    }

    /// <summary>A shape as a message shows it, the extents that may vary by name: <c>[batch, h, w, 16]</c>.</summary>
    public static string DescribeInput(Shape spec)
    {
        string[] names = spec.Rank == 4 ? ["batch", "h", "w", "channels"] : ["batch"];
        string Axis(int dim, int i) => dim != Shape.Unknown ? dim.ToString(CultureInfo.InvariantCulture) : i < names.Length ? names[i] : "any";
        return $"[{string.Join(", ", spec.Select(Axis))}]";
    }
}
