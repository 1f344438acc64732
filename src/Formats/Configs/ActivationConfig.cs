using System.Text.Json;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>Activations as Keras writes them: their names.</summary>
internal static class ActivationConfig
{
    private static readonly HashSet<string> s_tensorFlowJs =
        ["relu", "relu6", "softmax", "sigmoid", "tanh", "gelu", "elu", "selu", "swish", "softplus", "linear"];

    // In Keras 2, these are made of clip(0.2x + 0.5, 0, 1), in Keras 3 and here of clip((x + 3) / 6, 0, 1).
    private static readonly HashSet<string> s_changed = ["hard_sigmoid", "hard_silu", "hard_swish", "hardSigmoid"];

    /// <summary>The name for an activation; <c>linear</c> for none.</summary>
    /// <exception cref="NotSupportedException">It is one of the user's own, or the format does not have it.</exception>
    public static string Write(Activation? activation, ConfigDialect dialect)
    {
        if (activation is null)
            return "linear";
        if (!activation.IsKnown)
            throw new NotSupportedException($"the activation '{activation.Function}' is a function of one's own, which a file cannot hold");
        string name = activation.Function;
        if (dialect != ConfigDialect.Keras && name == "silu")
            name = "swish";
        if (IsOther(name, dialect))
            throw new NotSupportedException($"the activation '{name}' is another function there; write a .keras file");
        return dialect != ConfigDialect.TensorFlowJs || s_tensorFlowJs.Contains(name)
            ? name
            : throw new NotSupportedException($"TensorFlow.js has no activation '{name}'; it has {string.Join(", ", s_tensorFlowJs)}");
    }

    /// <summary>Whether a name means another function in a way of writing than here.</summary>
    public static bool IsOther(string name, ConfigDialect dialect) => dialect != ConfigDialect.Keras && s_changed.Contains(name);

    /// <summary>The activation that a name or an object stands for, null for none.</summary>
    /// <exception cref="InvalidDataException">It is not known.</exception>
    public static Activation? Read(ConfigObject owner, string key)
    {
        if (!owner.Has(key))
            return null;
        string name;
        if (owner.Element.GetProperty(key).ValueKind == JsonValueKind.Object)
        {
            // Keras 3 writes some functions, and layers used as activations, as objects.
            ConfigObject item = owner.Object(key);
            name = item.Has("config") && item.Element.GetProperty("config").ValueKind == JsonValueKind.String
                ? item.Text("config")
                : item.Text("class_name");
        }
        else
        {
            name = owner.Text(key);
        }

        if (name == "linear")
            return null;
        try
        {
            return new Activation(name);
        }
        catch (ArgumentException error)
        {
            throw owner.Error($"'{key}': {error.Message}", error);
        }
    }
}
