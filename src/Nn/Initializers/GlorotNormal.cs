namespace Numerics.Nn;

/// <summary>Truncated normal of variance 2 / (fan in + fan out). Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010, equation 16.</summary>
/// <param name="seed">The seed; see <see cref="Initializer"/>.</param>
public sealed class GlorotNormal(ulong? seed = null) : VarianceScaling(1, FanMode.FanAverage, WeightDistribution.TruncatedNormal, seed);
