using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>What a layer's settings say about a weight.</summary>
/// <param name="Initializer">How it begins; null for the layer's default.</param>
/// <param name="Regularizer">What it adds to the loss, or null.</param>
/// <param name="Constraint">What it is held to, or null.</param>
internal sealed record WeightSettings(Initializer? Initializer, Regularizer? Regularizer, Constraint? Constraint);
