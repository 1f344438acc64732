using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Losses;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>How a model is trained: optimizer, loss and metrics.</summary>
internal static class TrainingConfig
{
    /// <summary>The settings of a model as Keras 3 writes them, or null when it is not compiled.</summary>
    /// <exception cref="NotSupportedException">Files cannot hold the optimizer or the loss.</exception>
    public static JsonObject? Write(Model model, CustomObjects? custom) => model.Optimizer is not { } optimizer ? null : new JsonObject
    {
        ["optimizer"] = OptimizerConfig.Write(optimizer, ConfigDialect.Keras),
        ["loss"] = LossFormats.Write(OnlyLoss(model), ConfigDialect.Keras, custom),
        ["loss_weights"] = null,
        ["metrics"] = MetricConfig.Write(model.Metrics.Except(model.WeightedMetrics), MetricOutput.Of(model), ConfigDialect.Keras),
        ["weighted_metrics"] = MetricConfig.Write(model.WeightedMetrics, MetricOutput.Of(model), ConfigDialect.Keras),
        ["run_eagerly"] = false,
        ["steps_per_execution"] = 1,
        ["jit_compile"] = false,
    };

    /// <summary>The settings of a model as Keras 2 writes them, or null when it is not compiled.</summary>
    /// <exception cref="NotSupportedException">Files cannot hold the optimizer or the loss.</exception>
    public static JsonObject? WriteLegacy(Model model, CustomObjects? custom) => model.Optimizer is not { } optimizer ? null : new JsonObject
    {
        ["loss"] = LossFormats.Write(OnlyLoss(model), ConfigDialect.Legacy, custom),
        ["metrics"] = MetricConfig.Write(model.Metrics.Except(model.WeightedMetrics), MetricOutput.Of(model), ConfigDialect.Legacy),
        ["weighted_metrics"] = MetricConfig.Write(model.WeightedMetrics, MetricOutput.Of(model), ConfigDialect.Legacy),
        ["loss_weights"] = null,
        ["optimizer_config"] = OptimizerConfig.Write(optimizer, ConfigDialect.Legacy),
    };

    // Null where each output has a loss of its own.
    private static Loss OnlyLoss(Model model) => model.Loss ?? throw new NotSupportedException(
        $"the model '{model.Name}' has a loss for each of its {model.OutputLosses.Count} outputs, which is not written to Keras' files; save the model without its optimizer");

    /// <summary>Compiles a model with settings of either kind.</summary>
    /// <exception cref="InvalidDataException">Something in them is not known.</exception>
    public static void Apply(Model model, ConfigObject config, CustomObjects? custom)
    {
        if (!config.Has("loss"))
            return;
        if (config.Element.GetProperty("loss").ValueKind is not (JsonValueKind.String or JsonValueKind.Object))
            throw config.Error("'loss': expected the loss of one output");
        Loss loss = LossFormats.Read(config, "loss", custom);
        IReadOnlyList<Metric> metrics = MetricConfig.Read(config, "metrics", loss), weighted = MetricConfig.Read(config, "weighted_metrics", loss);
        Optimizer optimizer = OptimizerConfig.Read(config, config.Has("optimizer_config") ? "optimizer_config" : "optimizer");
        try
        {
            model.Compile(optimizer, loss, metrics, weighted);
        }
        catch (ArgumentException error)
        {
            optimizer.Dispose();
            throw config.Error(error.Message, error);
        }
    }
}
