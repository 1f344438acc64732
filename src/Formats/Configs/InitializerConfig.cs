using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>Initializers as Keras writes them.</summary>
internal static class InitializerConfig
{
    private const string Known =
        "zeros, ones, constant, random_uniform, random_normal, truncated_normal, variance_scaling, orthogonal, glorot_uniform, " +
        "glorot_normal, he_uniform, he_normal, lecun_uniform and lecun_normal";

    /// <summary>The object for an initializer.</summary>
    /// <exception cref="NotSupportedException">It is one of the user's own, or has a value for every place.</exception>
    public static JsonNode Write(Initializer initializer, ConfigDialect dialect)
    {
        (string name, JsonObject config) = initializer switch
        {
            Zeros => ("Zeros", []),
            Ones => ("Ones", []),
            Constant { Value: { } value } => ("Constant", new JsonObject { ["value"] = value }),
            RandomUniform uniform => ("RandomUniform", Seeded(uniform, ("minval", uniform.Minimum), ("maxval", uniform.Maximum))),
            RandomNormal normal => ("RandomNormal", Seeded(normal, ("mean", normal.Mean), ("stddev", normal.StandardDeviation))),
            TruncatedNormal normal => ("TruncatedNormal", Seeded(normal, ("mean", normal.Mean), ("stddev", normal.StandardDeviation))),
            Orthogonal orthogonal => ("Orthogonal", Seeded(orthogonal, ("gain", orthogonal.Gain))),
            GlorotUniform => ("GlorotUniform", Seeded(initializer)),
            GlorotNormal => ("GlorotNormal", Seeded(initializer)),
            HeUniform => ("HeUniform", Seeded(initializer)),
            HeNormal => ("HeNormal", Seeded(initializer)),
            LecunUniform => (dialect == ConfigDialect.TensorFlowJs ? "LeCunUniform" : "LecunUniform", Seeded(initializer)),
            LecunNormal => (dialect == ConfigDialect.TensorFlowJs ? "LeCunNormal" : "LecunNormal", Seeded(initializer)),
            VarianceScaling scaling => ("VarianceScaling", Scaling(scaling, dialect)),
            _ => throw new NotSupportedException($"the initializer {initializer.GetType().Name} has no name in Keras; known are {Known}"),
        };
        return KerasObject.Write("keras.initializers", name, config, dialect);
    }

    /// <summary>The initializer that an object or a name stands for.</summary>
    /// <param name="owner">The settings of the layer.</param>
    /// <param name="name">Which of them.</param>
    /// <returns>The initializer, or null when the layer's default is meant.</returns>
    /// <exception cref="InvalidDataException">It is not known.</exception>
    public static Initializer? Read(ConfigObject owner, string name)
    {
        if (!owner.Has(name))
            return null;
        (string className, ConfigObject? config) = KerasObject.NamedOrWhole(owner, name);
        return Create(className, config, owner);
    }

    private static Initializer Create(string name, ConfigObject? config, ConfigObject place)
    {
        ulong? seed = config?.Seed("seed");
        float Value(string key, float otherwise) => config?.Number(key, otherwise) ?? otherwise;
        return name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant() switch
        {
            "ZEROS" => new Zeros(),
            "ONES" => new Ones(),
            "CONSTANT" => new Constant(Value("value", 0)),
            "RANDOMUNIFORM" => new RandomUniform(Value("minval", -0.05f), Value("maxval", 0.05f), seed),
            "RANDOMNORMAL" => new RandomNormal(Value("mean", 0), Value("stddev", 0.05f), seed),
            "TRUNCATEDNORMAL" => new TruncatedNormal(Value("mean", 0), Value("stddev", 0.05f), seed),
            "ORTHOGONAL" or "ORTHOGONALINITIALIZER" => new Orthogonal(Value("gain", 1), seed),
            "GLOROTUNIFORM" => new GlorotUniform(seed),
            "GLOROTNORMAL" => new GlorotNormal(seed),
            "HEUNIFORM" => new HeUniform(seed),
            "HENORMAL" => new HeNormal(seed),
            "LECUNUNIFORM" => new LecunUniform(seed),
            "LECUNNORMAL" => new LecunNormal(seed),
            "VARIANCESCALING" => Scaling(config, seed, place),
            _ => throw place.Error($"the initializer '{name}' is not supported; known are {Known}"),
        };
    }

    private static VarianceScaling Scaling(ConfigObject? config, ulong? seed, ConfigObject place)
    {
        FanMode mode = config?.Text("mode", "fan_in") switch
        {
            null or "fan_in" or "fanIn" => FanMode.FanIn,
            "fan_out" or "fanOut" => FanMode.FanOut,
            "fan_avg" or "fanAvg" => FanMode.FanAverage,
            var other => throw place.Error($"'mode': expected fan_in, fan_out or fan_avg, found {other}"),
        };

        // "normal" is the older name of the truncated distribution.
        WeightDistribution distribution = config?.Text("distribution", "truncated_normal") switch
        {
            null or "truncated_normal" or "truncatedNormal" or "normal" => WeightDistribution.TruncatedNormal,
            "untruncated_normal" => WeightDistribution.UntruncatedNormal,
            "uniform" => WeightDistribution.Uniform,
            var other => throw place.Error($"'distribution': expected truncated_normal, untruncated_normal or uniform, found {other}"),
        };
        return new VarianceScaling(config?.Number("scale", 1) ?? 1, mode, distribution, seed);
    }

    private static JsonObject Scaling(VarianceScaling scaling, ConfigDialect dialect)
    {
        JsonObject config = Seeded(scaling, ("scale", scaling.Scale));
        config["mode"] = scaling.Mode switch { FanMode.FanIn => "fan_in", FanMode.FanOut => "fan_out", _ => "fan_avg" };
        config["distribution"] = scaling.Distribution switch
        {
            WeightDistribution.Uniform => "uniform",
            WeightDistribution.UntruncatedNormal => "untruncated_normal",
            _ => dialect == ConfigDialect.TensorFlowJs ? "normal" : "truncated_normal",
        };
        return config;
    }

    private static JsonObject Seeded(Initializer initializer, params ReadOnlySpan<(string Name, float Value)> values)
    {
        var config = new JsonObject();
        foreach ((string name, float value) in values)
            config[name] = value;
        config["seed"] = initializer.Seed;
        return config;
    }
}
