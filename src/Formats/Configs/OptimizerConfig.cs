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
    /// <exception cref="NotSupportedException">It or its schedule is one of the user's own.</exception>
    public static JsonObject Write(Optimizer optimizer, ConfigDialect dialect)
    {
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
            ["learning_rate"] = optimizer.Schedule.IsConstant ? optimizer.LearningRate : ScheduleConfig.Write(optimizer.Schedule, dialect),
            ["weight_decay"] = optimizer.WeightDecay == 0 ? null : optimizer.WeightDecay,
            ["clipnorm"] = optimizer.ClipNorm,
            ["global_clipnorm"] = optimizer.GlobalClipNorm,
            ["clipvalue"] = optimizer.ClipValue,
            ["use_ema"] = optimizer.UseEma,
            ["ema_momentum"] = optimizer.EmaMomentum,
            ["ema_overwrite_frequency"] = optimizer.EmaOverwriteFrequency,
        };

        // Keras 2 refuses settings that it does not know, even those that say nothing.
        if (dialect == ConfigDialect.Keras || optimizer.LossScaleFactor is not null)
            config["loss_scale_factor"] = optimizer.LossScaleFactor;
        if (dialect == ConfigDialect.Keras || optimizer.GradientAccumulationSteps is not null)
            config["gradient_accumulation_steps"] = optimizer.GradientAccumulationSteps;
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
        foreach (string setting in (string[])["amsgrad", "centered", "decay"])
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
    /// An optimizer's state in Keras' order: the averages of all weights, their sums of gradients, then its own, weight by weight, but
    /// RMSprop's mean squares of all weights before their momenta.
    /// </summary>
    public static IReadOnlyList<Variable> StateOf(Optimizer optimizer)
    {
        // Here it is weight by weight: its own, the sum, the average.
        int own = optimizer switch
        {
            Adam => 2,
            RMSprop rms => rms.Momentum > 0 ? 2 : 1,
            SGD sgd => sgd.Momentum > 0 ? 1 : 0,
            Lion => 1,
            _ => throw new NotSupportedException($"the optimizer {optimizer.GetType().Name} has no name in Keras; known are {Known}"),
        };
        int sum = own, average = sum + (optimizer.GradientAccumulationSteps is null ? 0 : 1), each = average + (optimizer.UseEma ? 1 : 0);
        if (each == 0)
            return [];
        IEnumerable<Variable> Every(int first, int count) => optimizer.Variables.Where((_, i) => i % each >= first && i % each < first + count);
        return
        [
            .. Every(average, each - average), .. Every(sum, average - sum),
            .. optimizer is RMSprop ? Every(0, 1).Concat(Every(1, own - 1)) : Every(0, own),
        ];
    }

    private static Optimizer Create(string className, ConfigObject config)
    {
        LearningRateSchedule? rate = !config.Has("learning_rate") ? config.Has("lr") ? config.Number("lr") : null
            : config.Element.GetProperty("learning_rate").ValueKind == JsonValueKind.Object ? ScheduleConfig.Read(config.Object("learning_rate"))
            : config.Number("learning_rate");
        OptimizerOptions options = ReadOptions(config);
        if (className.Equals("adamw", StringComparison.OrdinalIgnoreCase) && !config.Has("weight_decay"))
            options = options with { WeightDecay = 0.004f };
        Optimizer optimizer = className.ToUpperInvariant() switch
        {
            "ADAM" => new Adam(rate, config.Number("beta_1", 0.9f), config.Number("beta_2", 0.999f), config.Number("epsilon", 1e-7f)),
            "ADAMW" => new AdamW(rate, 0, config.Number("beta_1", 0.9f), config.Number("beta_2", 0.999f), config.Number("epsilon", 1e-7f)),
            "SGD" => new SGD(rate, config.Number("momentum", 0), config.Flag("nesterov", false)),
            "RMSPROP" => new RMSprop(rate, config.Number("rho", 0.9f), config.Number("momentum", 0), config.Number("epsilon", 1e-7f)),
            "LION" => new Lion(rate, config.Number("beta_1", 0.9f), config.Number("beta_2", 0.99f)),
            _ => throw config.Error($"there is no such optimizer here; known are {Known}"),
        };
        optimizer.Options = options;
        return optimizer;
    }

    private static OptimizerOptions ReadOptions(ConfigObject config)
    {
        float? Limit(string setting) => config.Has(setting) ? config.Number(setting) : null;
        int? Steps(string setting) => config.Has(setting) ? config.Whole(setting) : null;
        return new OptimizerOptions
        {
            WeightDecay = Limit("weight_decay") ?? 0,
            ClipNorm = Limit("clipnorm"),
            GlobalClipNorm = Limit("global_clipnorm"),
            ClipValue = Limit("clipvalue"),
            LossScaleFactor = Limit("loss_scale_factor"),
            UseEma = config.Flag("use_ema", false),
            EmaMomentum = config.Number("ema_momentum", 0.99f),
            EmaOverwriteFrequency = Steps("ema_overwrite_frequency"),
            GradientAccumulationSteps = Steps("gradient_accumulation_steps"),
        };
    }

    private static (string Name, JsonNode Value)[] AdamSettings(Adam adam) =>
        [("beta_1", adam.Beta1), ("beta_2", adam.Beta2), ("epsilon", adam.Epsilon), ("amsgrad", false)];
}
