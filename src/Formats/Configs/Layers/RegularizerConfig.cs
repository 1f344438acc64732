using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>Regularizers as Keras writes them.</summary>
internal static class RegularizerConfig
{
    /// <summary>The object for a regularizer, null for none.</summary>
    /// <exception cref="NotSupportedException">It is one of the user's own.</exception>
    public static JsonNode? Write(Regularizer? regularizer, ConfigDialect dialect)
    {
        switch (regularizer)
        {
            case null:
                return null;
            case L1 l1 when dialect != ConfigDialect.TensorFlowJs:
                return KerasObject.Write("keras.regularizers", "L1", new JsonObject { ["l1"] = l1.L1 }, dialect);
            case L2 l2 when dialect != ConfigDialect.TensorFlowJs:
                return KerasObject.Write("keras.regularizers", "L2", new JsonObject { ["l2"] = l2.L2 }, dialect);
            case L1L2 both:
                return KerasObject.Write("keras.regularizers", "L1L2", new JsonObject { ["l1"] = both.L1, ["l2"] = both.L2 }, dialect);
            default:
                throw new NotSupportedException($"the regularizer {regularizer.GetType().Name} has no name in Keras; known are L1, L2 and L1L2");
        }
    }

    /// <summary>The regularizer that an object or a name stands for, null for none.</summary>
    /// <exception cref="InvalidDataException">It is not known.</exception>
    public static Regularizer? Read(ConfigObject owner, string key)
    {
        if (!owner.Has(key))
            return null;
        (string name, ConfigObject? config) = KerasObject.NamedOrWhole(owner, key);
        float Factor(string factor, float otherwise) => config?.Number(factor, otherwise) ?? otherwise;
        return name.ToUpperInvariant() switch
        {
            "L1" => new L1(Factor("l1", 0.01f)),
            "L2" => new L2(Factor("l2", 0.01f)),
            "L1L2" or "L1_L2" => new L1L2(Factor("l1", 0), Factor("l2", 0)),
            _ => throw owner.Error($"'{key}': there is no regularizer '{name}' here; known are L1, L2 and L1L2"),
        };
    }
}
