using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>Optimizers as Keras writes them.</summary>
internal static class OptimizerConfig
{
    /// <summary>The names of all of them, for messages.</summary>
    public const string Known = "Adam, AdamW, Nadam, Adamax, Adagrad, Adadelta, Ftrl, SGD, RMSprop, Lion and LossScaleOptimizer";

    /// <summary>The object for an optimizer.</summary>
    /// <exception cref="NotSupportedException">It or its schedule is one of the user's own.</exception>
    public static JsonObject Write(Optimizer optimizer, ConfigDialect dialect)
    {
        if (optimizer is LossScaleOptimizer scaling)
            return Write(scaling, dialect);
        (string name, (string Name, JsonNode Value)[] settings) = optimizer switch
        {
            AdamW adam => ("AdamW", AdamSettings(adam)),
            Adam adam => ("Adam", AdamSettings(adam)),
            SGD sgd => ("SGD", [("momentum", sgd.Momentum), ("nesterov", sgd.Nesterov)]),
            RMSprop rms => ("RMSprop", [("rho", rms.Rho), ("momentum", rms.Momentum), ("epsilon", rms.Epsilon), ("centered", rms.Centered)]),
            Adamax adamax => ("Adamax", [("beta_1", adamax.Beta1), ("beta_2", adamax.Beta2), ("epsilon", adamax.Epsilon)]),
            Adagrad adagrad => ("Adagrad", [("initial_accumulator_value", adagrad.InitialAccumulatorValue), ("epsilon", adagrad.Epsilon)]),
            Adadelta adadelta => ("Adadelta", [("rho", adadelta.Rho), ("epsilon", adadelta.Epsilon)]),
            Nadam nadam => ("Nadam", [("beta_1", nadam.Beta1), ("beta_2", nadam.Beta2), ("epsilon", nadam.Epsilon)]),
            Ftrl ftrl => ("Ftrl", FtrlSettings(ftrl)),
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

        // Of Keras 2, which lowers the rate by it.
        if (config.Number("decay", 0) != 0)
            throw config.Error($"'decay' is not supported, found {config.Element.GetProperty("decay").GetRawText()}");

        try
        {
            return Create(className, config);
        }
        catch (ArgumentException error)
        {
            throw config.Error(error.Message, error);
        }
    }

    private static Optimizer Create(string className, ConfigObject config)
    {
        if (className.StartsWith(nameof(LossScaleOptimizer), StringComparison.Ordinal))
            return ReadLossScale(config);
        LearningRateSchedule? rate = !config.Has("learning_rate") ? config.Has("lr") ? config.Number("lr") : null
            : config.Element.GetProperty("learning_rate").ValueKind == JsonValueKind.Object ? ScheduleConfig.Read(config.Object("learning_rate"))
            : config.Number("learning_rate");
        OptimizerOptions options = ReadOptions(config);
        if (className.Equals("adamw", StringComparison.OrdinalIgnoreCase) && !config.Has("weight_decay"))
            options = options with { WeightDecay = 0.004f };
        Optimizer optimizer = className.ToUpperInvariant() switch
        {
            "ADAM" => new Adam(rate, config.Number("beta_1", 0.9f), config.Number("beta_2", 0.999f), config.Number("epsilon", 1e-7f), config.Flag("amsgrad", false)),
            "ADAMW" => new AdamW(rate, 0, config.Number("beta_1", 0.9f), config.Number("beta_2", 0.999f), config.Number("epsilon", 1e-7f), config.Flag("amsgrad", false)),
            "SGD" => new SGD(rate, config.Number("momentum", 0), config.Flag("nesterov", false)),
            "RMSPROP" => new RMSprop(rate, config.Number("rho", 0.9f), config.Number("momentum", 0), config.Number("epsilon", 1e-7f), config.Flag("centered", false)),
            "ADAMAX" => new Adamax(rate, config.Number("beta_1", 0.9f), config.Number("beta_2", 0.999f), config.Number("epsilon", 1e-7f)),
            "ADAGRAD" => new Adagrad(rate, config.Number("initial_accumulator_value", 0.1f), config.Number("epsilon", 1e-7f)),
            "ADADELTA" => new Adadelta(rate, config.Number("rho", 0.95f), config.Number("epsilon", 1e-7f)),
            "NADAM" => new Nadam(rate, config.Number("beta_1", 0.9f), config.Number("beta_2", 0.999f), config.Number("epsilon", 1e-7f)),
            "FTRL" => ReadFtrl(rate, config),
            "LION" => new Lion(rate, config.Number("beta_1", 0.9f), config.Number("beta_2", 0.99f)),
            _ => throw config.Error($"there is no such optimizer here; known are {Known}"),
        };
        optimizer.Options = options;
        return optimizer;
    }

    private static Ftrl ReadFtrl(LearningRateSchedule? rate, ConfigObject config) => new(
        rate,
        config.Number("learning_rate_power", -0.5f),
        config.Number("initial_accumulator_value", 0.1f),
        config.Number("l1_regularization_strength", 0),
        config.Number("l2_regularization_strength", 0),
        config.Number("l2_shrinkage_regularization_strength", 0),
        config.Number("beta", 0));

    private static JsonObject Write(LossScaleOptimizer optimizer, ConfigDialect dialect)
    {
        var config = new JsonObject
        {
            ["name"] = optimizer.Name,
            ["inner_optimizer"] = Write(optimizer.InnerOptimizer, dialect),
            ["initial_scale"] = optimizer.InitialScale,
            ["dynamic_growth_steps"] = optimizer.DynamicGrowthSteps,
        };
        if (dialect != ConfigDialect.Keras)
            config["dynamic"] = true;
        return KerasObject.Write("keras.optimizers", nameof(LossScaleOptimizer), config, dialect);
    }

    // Keras 2 calls it LossScaleOptimizerV3, too.
    private static LossScaleOptimizer ReadLossScale(ConfigObject config)
    {
        if (!config.Flag("dynamic", true))
            throw config.Error("'dynamic': false is not supported; 'loss_scale_factor' of the inner optimizer scales by a number that stays");
        if (ReadOptions(config) != new OptimizerOptions())
            throw config.Error("clipping, decay, averages and the like are options of the inner optimizer");
        Optimizer inner = Read(config, "inner_optimizer");
        try
        {
            return new LossScaleOptimizer(inner, config.Number("initial_scale", 32768), config.Whole("dynamic_growth_steps", 2000));
        }
        catch
        {
            inner.Dispose();
            throw;
        }
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
        [("beta_1", adam.Beta1), ("beta_2", adam.Beta2), ("epsilon", adam.Epsilon), ("amsgrad", adam.AmsGrad)];

    private static (string Name, JsonNode Value)[] FtrlSettings(Ftrl ftrl) =>
    [
        ("learning_rate_power", ftrl.LearningRatePower),
        ("initial_accumulator_value", ftrl.InitialAccumulatorValue),
        ("l1_regularization_strength", ftrl.L1RegularizationStrength),
        ("l2_regularization_strength", ftrl.L2RegularizationStrength),
        ("l2_shrinkage_regularization_strength", ftrl.L2ShrinkageRegularizationStrength),
        ("beta", ftrl.Beta),
    ];
}
