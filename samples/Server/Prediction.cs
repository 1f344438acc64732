using System.Text.Json.Serialization;

namespace Numerics.Samples.Server;

/// <summary>What the server answers.</summary>
/// <param name="Class">The most likely class.</param>
/// <param name="Probabilities">The probability of each.</param>
internal sealed record Prediction(int Class, float[] Probabilities);

/// <summary>Its JSON.</summary>
[JsonSerializable(typeof(Prediction))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class PredictionJson : JsonSerializerContext;
