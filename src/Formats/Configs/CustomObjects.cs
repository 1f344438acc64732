using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Losses;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>
/// Layers and losses of one's own that files are to hold, each under the name it is registered with, as Keras'
/// <c>register_keras_serializable</c> gives it: <c>package>Name</c>.
/// </summary>
/// <example><code>
/// var custom = new CustomObjects().AddLayer&lt;Scale&gt;(
///     "Shop>Scale", layer => new JsonObject { ["factor"] = layer.Factor }, (config, name) => new Scale(config.GetProperty("factor").GetSingle(), name));
/// </code></example>
public sealed class CustomObjects
{
    private readonly Dictionary<Type, LayerFormat> _layersByType = [];
    private readonly Dictionary<string, LayerFormat> _layersByName = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, LossFormat> _lossesByType = [];
    private readonly Dictionary<string, LossFormat> _lossesByName = new(StringComparer.Ordinal);

    /// <summary>Registers a type of layers.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="registeredName">Its name in files, such as <c>Shop>Scale</c>.</param>
    /// <param name="write">The settings of a layer, besides its name and whether it is trainable.</param>
    /// <param name="read">A layer with given settings and a name.</param>
    /// <returns>The same object, for the next call.</returns>
    /// <exception cref="ArgumentException">The type or the name is registered already.</exception>
    public CustomObjects AddLayer<T>(string registeredName, Func<T, JsonObject> write, Func<JsonElement, string, T> read)
        where T : Layer
    {
        ArgumentException.ThrowIfNullOrEmpty(registeredName);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentNullException.ThrowIfNull(read);
        LayerFormat format = LayerFormat.Of<T>(registeredName, (layer, _) => write(layer), (config, name) => read(config.Element, name));
        Add(_layersByType, _layersByName, typeof(T), registeredName, format);
        return this;
    }

    /// <summary>Registers a type of losses.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="registeredName">Its name in files, such as <c>Shop>RingLoss</c>.</param>
    /// <param name="write">The settings of a loss.</param>
    /// <param name="read">A loss with given settings.</param>
    /// <returns>The same object, for the next call.</returns>
    /// <exception cref="ArgumentException">The type or the name is registered already.</exception>
    public CustomObjects AddLoss<T>(string registeredName, Func<T, JsonObject> write, Func<JsonElement, T> read)
        where T : Loss
    {
        ArgumentException.ThrowIfNullOrEmpty(registeredName);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentNullException.ThrowIfNull(read);
        LossFormat format = LossFormat.Of<T>(registeredName, write, config => read(config.Element));
        Add(_lossesByType, _lossesByName, typeof(T), registeredName, format);
        return this;
    }

    internal LayerFormat? Of(Layer layer) => _layersByType.GetValueOrDefault(layer.GetType());

    internal LossFormat? Of(Loss loss) => _lossesByType.GetValueOrDefault(loss.GetType());

    internal LayerFormat? Layer(string registeredName) => _layersByName.GetValueOrDefault(registeredName);

    internal LossFormat? Loss(string registeredName) => _lossesByName.GetValueOrDefault(registeredName);

    private static void Add<T>(Dictionary<Type, T> byType, Dictionary<string, T> byName, Type type, string name, T format)
    {
        if (byType.ContainsKey(type) || !byName.TryAdd(name, format))
            throw new ArgumentException($"{type.Name} or the name '{name}' is registered already");
        byType.Add(type, format);
    }
}
