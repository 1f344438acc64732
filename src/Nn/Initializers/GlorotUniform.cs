namespace Numerics.Nn;

/// <summary>Uniform in ±√(6 / (fan in + fan out)). Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010, equation 16.</summary>
/// <param name="seed">The seed; see <see cref="Initializer"/>.</param>
public sealed class GlorotUniform(ulong? seed = null) : VarianceScaling(1, FanMode.FanAverage, WeightDistribution.Uniform, seed);
