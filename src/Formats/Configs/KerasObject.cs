using System.Text.Json;
using System.Text.Json.Nodes;

namespace Numerics.Formats;

/// <summary>The envelope that Keras puts around the settings of a layer, an initializer, a loss and so on.</summary>
internal static class KerasObject
{
    /// <summary>The object with its envelope.</summary>
    /// <param name="module">Where the class stands in Keras 3, such as <c>keras.layers</c>; null for one of the user's own.</param>
    /// <param name="className">The class.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="dialect">The way of writing.</param>
    /// <param name="registeredName">The name that the user registered the class under, or null.</param>
    public static JsonObject Write(string? module, string className, JsonObject config, ConfigDialect dialect, string? registeredName = null)
    {
        if (dialect != ConfigDialect.Keras)
            return new JsonObject { ["class_name"] = registeredName ?? className, ["config"] = config };
        return new JsonObject
        {
            ["module"] = module,
            ["class_name"] = className,
            ["config"] = config,
            ["registered_name"] = registeredName,
        };
    }

    /// <summary>The class that an object is of: the registered name, if it has one.</summary>
    public static string ClassName(ConfigObject item)
    {
        string name = item.Text("class_name");

        // Keras gives its own classes no registered name, or repeats the class name; Keras 2 had "Keras>Dense" for some.
        return item.Has("registered_name") && item.Text("registered_name") is var registered && registered.Contains('>', StringComparison.Ordinal)
            ? registered
            : name;
    }

    /// <summary>The class and the settings of what stands under a name: an object, or the class alone, in whatever way of writing.</summary>
    /// <param name="owner">The settings that it is one of.</param>
    /// <param name="key">Which of them; it is there.</param>
    public static (string ClassName, ConfigObject? Config) NamedOrWhole(ConfigObject owner, string key) =>
        owner.Element.GetProperty(key).ValueKind == JsonValueKind.String
            ? (owner.Text(key), null)
            : (owner.Object(key).Text("class_name"), owner.Object(key).Optional("config"));
}
