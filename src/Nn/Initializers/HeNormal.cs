namespace Numerics.Nn;

/// <summary>Truncated normal of variance 2 / fan in, for layers followed by ReLU. Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers", ICCV 2015, equation 10.</summary>
/// <param name="seed">The seed; see <see cref="Initializer"/>.</param>
public sealed class HeNormal(ulong? seed = null) : VarianceScaling(2, FanMode.FanIn, WeightDistribution.TruncatedNormal, seed);
