using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>What layers say about a weight: how it begins, what it adds to the loss, what it is held to.</summary>
internal static class WeightConfig
{
    /// <summary>Adds a weight's settings to those of its layer.</summary>
    /// <param name="config">The layer's settings.</param>
    /// <param name="weight">The weight's name, such as <c>kernel</c>.</param>
    /// <param name="initializer">How it begins.</param>
    /// <param name="regularizer">What it adds to the loss, or null.</param>
    /// <param name="constraint">What it is held to, or null.</param>
    /// <param name="dialect">The way of writing.</param>
    public static void Write(
        JsonObject config, string weight, Initializer initializer, Regularizer? regularizer, Constraint? constraint, ConfigDialect dialect)
    {
        config[$"{weight}_initializer"] = InitializerConfig.Write(initializer, dialect);
        config[$"{weight}_regularizer"] = RegularizerConfig.Write(regularizer, dialect);
        config[$"{weight}_constraint"] = ConstraintConfig.Write(constraint, dialect);
    }

    /// <summary>A weight's settings in those of its layer.</summary>
    public static WeightSettings Read(ConfigObject config, string weight) => new(
        InitializerConfig.Read(config, $"{weight}_initializer"),
        RegularizerConfig.Read(config, $"{weight}_regularizer"),
        ConstraintConfig.Read(config, $"{weight}_constraint"));
}
