using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>Constraints of weights as Keras writes them.</summary>
internal static class ConstraintConfig
{
    private const string Known = "MaxNorm, MinMaxNorm, NonNeg and UnitNorm";

    /// <summary>The object for a constraint, null for none.</summary>
    /// <exception cref="NotSupportedException">It is one of the user's own.</exception>
    public static JsonNode? Write(Constraint? constraint, ConfigDialect dialect)
    {
        if (constraint is null)
            return null;
        (string name, JsonObject config) = constraint switch
        {
            MaxNorm norm => ("MaxNorm", new JsonObject { ["max_value"] = norm.MaxValue, ["axis"] = norm.Axis }),
            MinMaxNorm norm => (
                "MinMaxNorm",
                new JsonObject { ["min_value"] = norm.MinValue, ["max_value"] = norm.MaxValue, ["rate"] = norm.Rate, ["axis"] = norm.Axis }),
            UnitNorm norm => ("UnitNorm", new JsonObject { ["axis"] = norm.Axis }),
            NonNeg => ("NonNeg", []),
            _ => throw new NotSupportedException($"the constraint {constraint.GetType().Name} has no name in Keras; known are {Known}"),
        };
        return KerasObject.Write("keras.constraints", name, config, dialect);
    }

    /// <summary>The constraint that an object or a name stands for, null for none.</summary>
    /// <exception cref="InvalidDataException">It is not known.</exception>
    public static Constraint? Read(ConfigObject owner, string key)
    {
        if (!owner.Has(key))
            return null;
        (string name, ConfigObject? config) = KerasObject.NamedOrWhole(owner, key);
        float Value(string value, float otherwise) => config?.Number(value, otherwise) ?? otherwise;
        int axis = config?.Whole("axis", 0) ?? 0;
        return name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant() switch
        {
            "MAXNORM" => new MaxNorm(Value("max_value", 2), axis),
            "MINMAXNORM" => new MinMaxNorm(Value("min_value", 0), Value("max_value", 1), Value("rate", 1), axis),
            "UNITNORM" => new UnitNorm(axis),
            "NONNEG" => new NonNeg(),
            _ => throw owner.Error($"'{key}': there is no constraint '{name}' here; known are {Known}"),
        };
    }
}
