using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>A model with its layers: a <see cref="Sequential"/>, or one made of inputs and outputs.</summary>
internal sealed class ModelConfig
{
    /// <summary>The class of models made of inputs and outputs.</summary>
    public const string Functional = "Functional";

    private readonly SequentialConfig _sequential;
    private readonly FunctionalConfig _functional;

    /// <summary>Creates the writer and reader.</summary>
    /// <param name="dialect">The way of writing; reading understands them all.</param>
    /// <param name="custom">Layers of the user's own.</param>
    public ModelConfig(ConfigDialect dialect, CustomObjects? custom)
    {
        var layers = new LayerConfig(dialect, custom);
        (_sequential, _functional) = (new SequentialConfig(dialect, layers, this), new FunctionalConfig(dialect, layers, this));
    }

    /// <summary>The object for a model.</summary>
    /// <exception cref="NotSupportedException">Files cannot hold the model or one of its layers; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    public JsonObject Write(Model model)
    {
        if (!model.Built)
            throw new InvalidOperationException($"{model} is not built yet: build it, call it on a batch, or begin it with an Input");
        return model switch
        {
            Sequential sequential => _sequential.Write(sequential),
            { Nodes: { } nodes } => _functional.Write(model, nodes),
            _ => throw new NotSupportedException($"{model}: files hold models of type {nameof(Sequential)} and those made of inputs and outputs"),
        };
    }

    /// <summary>The model that an object describes, built, with zeros as weights.</summary>
    /// <param name="item">The object.</param>
    /// <param name="weights">How many numbers there are for its weights.</param>
    /// <exception cref="InvalidDataException">
    /// Something in it is not known or damaged, the model cannot be built, or needs more weights than there are.
    /// </exception>
    public Model Read(ConfigObject item, long weights)
    {
        using var placeholders = new WeightPlaceholders(weights);
        return Read(item);
    }

    /// <summary>Whether an object describes a model.</summary>
    public static bool IsModel(ConfigObject item) => KerasObject.ClassName(item) is nameof(Sequential) or Functional or "Model";

    /// <summary>The model that an object describes.</summary>
    public Model Read(ConfigObject item) => KerasObject.ClassName(item) switch
    {
        nameof(Sequential) => _sequential.Read(item),
        Functional or "Model" => _functional.Read(item),
        var other => throw item.Error($"there is no model '{other}' here; known are {nameof(Sequential)} and {Functional}"),
    };

    /// <summary>Does something with layers of a file; what they cannot do is the file's error.</summary>
    public static T Guard<T>(ConfigObject config, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or OverflowException or InvalidOperationException ||
            (error is InvalidDataException && !error.Message.StartsWith(config.Place, StringComparison.Ordinal)))
        {
            throw config.Error(error.Message, error);
        }
    }
}
