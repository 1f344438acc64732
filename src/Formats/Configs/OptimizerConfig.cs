using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>Optimizers as Keras writes them.</summary>
internal static class OptimizerConfig
{
    private const string Known = "Adam, AdamW, SGD, RMSprop and Lion";

    /// <summary>The object for an optimizer.</summary>
    /// <exception cref="NotSupportedException">It is one of the user's own, or has settings that are not written.</exception>
    public static JsonObject Write(Optimizer optimizer, ConfigDialect dialect)
    {
        // Their state would have to stand among the others' in Keras' order, and a schedule is not a number.
        if (optimizer.UseEma || optimizer.GradientAccumulationSteps is not null || !optimizer.Schedule.IsConstant)
        {
            throw new NotSupportedException(
                $"the optimizer '{optimizer.Name}' has a schedule, moving averages or accumulated gradients, which are not written to Keras' files; save the model without its optimizer");
        }

        (string name, (string Name, JsonNode Value)[] settings) = optimizer switch
        {
            AdamW adam => ("AdamW", AdamSettings(adam)),
            Adam adam => ("Adam", AdamSettings(adam)),
            SGD sgd => ("SGD", [("momentum", sgd.Momentum), ("nesterov", sgd.Nesterov)]),
            RMSprop rms => ("RMSprop", [("rho", rms.Rho), ("momentum", rms.Momentum), ("epsilon", rms.Epsilon), ("centered", false)]),
            Lion lion => ("Lion", ((string, JsonNode)[])[("beta_1", lion.Beta1), ("beta_2", lion.Beta2)]),
            _ => throw new NotSupportedException($"the optimizer {optimizer.GetType().Name} has no name in Keras; known are {Known}"),
        };
        var config = new JsonObject
        {
            ["name"] = optimizer.Name,
            ["learning_rate"] = optimizer.LearningRate,
            ["weight_decay"] = optimizer.WeightDecay == 0 ? null : optimizer.WeightDecay,
            ["clipnorm"] = optimizer.ClipNorm,
            ["global_clipnorm"] = optimizer.GlobalClipNorm,
            ["clipvalue"] = optimizer.ClipValue,
            ["use_ema"] = false,
            ["ema_momentum"] = 0.99,
            ["ema_overwrite_frequency"] = null,
            ["loss_scale_factor"] = optimizer.LossScaleFactor,
            ["gradient_accumulation_steps"] = null,
        };
        foreach ((string setting, JsonNode value) in settings)
            config[setting] = value;
        return KerasObject.Write("keras.optimizers", name, config, dialect);
    }

    /// <summary>The optimizer that a name or an object stands for.</summary>
    /// <param name="owner">The settings of training.</param>
    /// <param name="key">Which of them.</param>
    /// <exception cref="InvalidDataException">It is not known, or has settings that are not.</exception>
    public static Optimizer Read(ConfigObject owner, string key)
    {
        bool named = owner.Has(key) && owner.Element.GetProperty(key).ValueKind == JsonValueKind.String;
        ConfigObject item = named ? owner : owner.Object(key);
        string className = named ? owner.Text(key) : KerasObject.ClassName(item);
        ConfigObject config = (named ? ConfigObject.Parse("{}"u8.ToArray(), owner.Place) : item.Object("config"))
            .At($"{owner.Place}: optimizer '{className}'");
        foreach (string setting in (string[])["use_ema", "gradient_accumulation_steps", "amsgrad", "centered", "decay"])
        {
            if (config.Has(setting) && config.Element.GetProperty(setting) is var value &&
                !(value.ValueKind == JsonValueKind.False || (value.ValueKind == JsonValueKind.Number && value.GetDouble() == 0)))
            {
                throw config.Error($"'{setting}' is not supported, found {value.GetRawText()}");
            }
        }

        try
        {
            return Create(className, config);
        }
        catch (ArgumentException error)
        {
            throw config.Error(error.Message, error);
        }
    }

    /// <summary>
    /// An optimizer's state in Keras' order: weight by weight, but RMSprop's mean squares of all weights before their momenta.
    /// </summary>
    public static IReadOnlyList<Variable> StateOf(Optimizer optimizer) => optimizer is RMSprop { Momentum: > 0 }
        ? [.. optimizer.Variables.Where((_, i) => i % 2 == 0), .. optimizer.Variables.Where((_, i) => i % 2 == 1)]
        : optimizer.Variables;

    private static Optimizer Create(string className, ConfigObject config)
    {
        // A schedule is a function of the step that a number cannot stand for.
        if (config.Has("learning_rate") && config.Element.GetProperty("learning_rate").ValueKind == JsonValueKind.Object)
            throw config.Error("'learning_rate': schedules are not supported");
        float Rate(float otherwise) => config.Has("learning_rate") ? config.Number("learning_rate") : config.Number("lr", otherwise);
        float? Limit(string setting) => config.Has(setting) ? config.Number(setting) : null;
        float decay = config.Number("weight_decay", className.Equals("adamw", StringComparison.OrdinalIgnoreCase) ? 0.004f : 0);
        (float? norm, float? globalNorm, float? value, float? scale) =
            (Limit("clipnorm"), Limit("global_clipnorm"), Limit("clipvalue"), Limit("loss_scale_factor"));
        return className.ToUpperInvariant() switch
        {
            "ADAM" => new Adam(Rate(0.001f), config.Number("beta_1", 0.9f), config.Number("beta_2", 0.999f), config.Number("epsilon", 1e-7f))
            {
                WeightDecay = decay,
                ClipNorm = norm,
                GlobalClipNorm = globalNorm,
                ClipValue = value,
                LossScaleFactor = scale,
            },
            "ADAMW" => new AdamW(Rate(0.001f), decay, config.Number("beta_1", 0.9f), config.Number("beta_2", 0.999f), config.Number("epsilon", 1e-7f))
            {
                ClipNorm = norm,
                GlobalClipNorm = globalNorm,
                ClipValue = value,
                LossScaleFactor = scale,
            },
            "SGD" => new SGD(Rate(0.01f), config.Number("momentum", 0), config.Flag("nesterov", false))
            {
                WeightDecay = decay,
                ClipNorm = norm,
                GlobalClipNorm = globalNorm,
                ClipValue = value,
                LossScaleFactor = scale,
            },
            "RMSPROP" => new RMSprop(Rate(0.001f), config.Number("rho", 0.9f), config.Number("momentum", 0), config.Number("epsilon", 1e-7f))
            {
                WeightDecay = decay,
                ClipNorm = norm,
                GlobalClipNorm = globalNorm,
                ClipValue = value,
                LossScaleFactor = scale,
            },
            "LION" => new Lion(Rate(0.001f), config.Number("beta_1", 0.9f), config.Number("beta_2", 0.99f), decay)
            {
                ClipNorm = norm,
                GlobalClipNorm = globalNorm,
                ClipValue = value,
                LossScaleFactor = scale,
            },
            _ => throw config.Error($"there is no such optimizer here; known are {Known}"),
        };
    }

    private static (string Name, JsonNode Value)[] AdamSettings(Adam adam) =>
        [("beta_1", adam.Beta1), ("beta_2", adam.Beta2), ("epsilon", adam.Epsilon), ("amsgrad", false)];
}
