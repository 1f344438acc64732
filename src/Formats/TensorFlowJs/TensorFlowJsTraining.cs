using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Losses;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>
/// How a model is trained as TensorFlow.js writes it, its <c>trainingConfig</c>: names of the loss and the metrics, the optimizer's class and
/// numbers. Source: <c>getTrainingConfig</c> in tfjs-layers/src/engine/training.ts, <c>getConfig</c> of tfjs-core/src/optimizers.
/// </summary>
internal static class TensorFlowJsTraining
{
    // TensorFlow.js' names of classes and settings, and Keras'.
    private static readonly Dictionary<string, string> s_classes = new() { ["Momentum"] = "SGD", ["RMSProp"] = "RMSprop" };

    private static readonly Dictionary<string, string> s_settings = new()
    {
        ["learningRate"] = "learning_rate",
        ["beta1"] = "beta_1",
        ["beta2"] = "beta_2",
        ["initialAccumulatorValue"] = "initial_accumulator_value",
        ["useNesterov"] = "nesterov",
        ["use_nesterov"] = "nesterov",
        ["decay"] = "rho",
    };

    /// <summary>The settings of a compiled model.</summary>
    /// <exception cref="NotSupportedException">TensorFlow.js does not have the optimizer, one of its options, or the loss.</exception>
    public static JsonObject Write(Model model, Optimizer optimizer)
    {
        Loss loss = model.Loss ?? throw new NotSupportedException(
            $"the model '{model.Name}' has a loss for each of its {model.OutputLosses.Count} outputs, which is not written to TensorFlow.js' files");
        return new JsonObject
        {
            ["loss"] = NameOf(loss),
            ["metrics"] = new JsonArray([.. model.Metrics.Select(metric => NameOf(metric, loss)).OfType<string>().Select(name => (JsonNode)name)]),
            ["optimizer_config"] = Write(optimizer),
        };
    }

    /// <summary>Compiles a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="config">What <c>trainingConfig</c> holds.</param>
    /// <param name="custom">Losses of one's own.</param>
    /// <exception cref="InvalidDataException">Something in it is not known.</exception>
    public static void Apply(Model model, ConfigObject config, CustomObjects? custom)
    {
        ConfigObject optimizer = config.Object("optimizer_config");
        string className = optimizer.Text("class_name");
        var settings = new JsonObject();
        foreach (JsonProperty setting in optimizer.Object("config").Element.EnumerateObject())
        {
            // Only RMSProp's decay is Keras' rho.
            string name = setting.Name == "decay" && className != "RMSProp" ? setting.Name : s_settings.GetValueOrDefault(setting.Name, setting.Name);
            settings[name] = JsonNode.Parse(setting.Value.GetRawText());
        }

        var keras = new JsonObject
        {
            ["loss"] = config.Has("loss") ? JsonNode.Parse(config.Element.GetProperty("loss").GetRawText()) : null,
            ["metrics"] = config.Has("metrics") ? JsonNode.Parse(config.Element.GetProperty("metrics").GetRawText()) : null,
            ["optimizer_config"] = KerasObject.Write(null, s_classes.GetValueOrDefault(className, className), settings, ConfigDialect.TensorFlowJs),
        };

        // A list of the one output's.
        if (keras["loss"] is JsonArray { Count: 1 } list)
            keras["loss"] = list[0]?.DeepClone();
        TrainingConfig.Apply(model, ConfigObject.Parse(Encoding.UTF8.GetBytes(keras.ToJsonString()), config.Place), custom);
    }

    private static JsonObject Write(Optimizer optimizer)
    {
        string refused = $"the optimizer {optimizer.GetType().Name}";
        if (!optimizer.Schedule.IsConstant)
            throw new NotSupportedException($"TensorFlow.js has no schedules of the learning rate; {refused} has {optimizer.Schedule.GetType().Name}");
        if (optimizer.Options != new OptimizerOptions())
            throw new NotSupportedException($"TensorFlow.js' optimizers neither clip, average and accumulate nor decay weights; {refused} has such an option");
        float rate = optimizer.LearningRate;
        (string name, JsonObject config) = optimizer switch
        {
            Adam { AmsGrad: false } adam and not AdamW =>
                ("Adam", new JsonObject { ["learningRate"] = rate, ["beta1"] = adam.Beta1, ["beta2"] = adam.Beta2, ["epsilon"] = adam.Epsilon }),
            SGD { Momentum: 0 } => ("SGD", new JsonObject { ["learningRate"] = rate }),
            SGD sgd => ("Momentum", new JsonObject { ["learningRate"] = rate, ["momentum"] = sgd.Momentum, ["useNesterov"] = sgd.Nesterov }),
            Adamax adamax =>
                ("Adamax", new JsonObject { ["learningRate"] = rate, ["beta1"] = adamax.Beta1, ["beta2"] = adamax.Beta2, ["epsilon"] = adamax.Epsilon }),
            Adadelta adadelta => ("Adadelta", new JsonObject { ["learningRate"] = rate, ["rho"] = adadelta.Rho, ["epsilon"] = adadelta.Epsilon }),

            // Which has no epsilon of its own.
            Adagrad { Epsilon: 1e-7f } adagrad =>
                ("Adagrad", new JsonObject { ["learningRate"] = rate, ["initialAccumulatorValue"] = adagrad.InitialAccumulatorValue }),
            RMSprop rms => ("RMSProp", new JsonObject
            {
                ["learningRate"] = rate,
                ["decay"] = rms.Rho,
                ["momentum"] = rms.Momentum,
                ["epsilon"] = rms.Epsilon,
                ["centered"] = rms.Centered,
            }),
            _ => throw new NotSupportedException($"TensorFlow.js does not have {refused}{(optimizer is Adam { AmsGrad: true } ? " with AMSGrad" : "")}; it has Adam, Adamax, Adagrad with an epsilon of 1e-7, Adadelta, SGD and RMSprop"),
        };
        return new JsonObject { ["class_name"] = name, ["config"] = config };
    }

    // TensorFlow.js knows losses by name alone: those with the default settings.
    private static string NameOf(Loss loss) => loss switch
    {
        { Reduction: not Reduction.SumOverBatchSize } => throw NoName(loss),
        MeanSquaredError => "mean_squared_error",
        MeanAbsoluteError => "mean_absolute_error",
        BinaryCrossentropy { FromLogits: false, LabelSmoothing: 0 } => "binary_crossentropy",
        CategoricalCrossentropy { FromLogits: false, LabelSmoothing: 0, ClassAxis: -1 } => "categorical_crossentropy",
        SparseCategoricalCrossentropy { FromLogits: false, IgnoreClass: null, ClassAxis: -1 } => "sparse_categorical_crossentropy",
        _ => throw NoName(loss),
    };

    private static NotSupportedException NoName(Loss loss) => new(
        $"TensorFlow.js does not have the loss '{loss.Name}' ({loss.GetType().Name}) with its settings; it has mean squared and absolute error and the cross-entropies, with Keras' defaults");

    private static string? NameOf(Metric metric, Loss loss) => metric switch
    {
        CategoricalAccuracy => "categorical_accuracy",
        BinaryAccuracy { Threshold: 0.5f } => "binary_accuracy",
        SparseCategoricalAccuracy when loss is SparseCategoricalCrossentropy => "accuracy",

        // Not the metrics that derive from it.
        LossMetric of when of.GetType() == typeof(LossMetric) && of.Loss.Reduction == Reduction.SumOverBatchSize => of.Loss switch
        {
            MeanSquaredError => "mse",
            MeanAbsoluteError => "mae",
            MeanAbsolutePercentageError => "mape",
            _ => null,
        },

        // Those with a format of their own are none that fits the data.
        AccuracyMetric when MetricFormats.Write(metric, default) is null => "accuracy",
        _ => null,
    };
}
