namespace Numerics.Nn;

/// <summary>Uniform in ±√(6 / fan in), for layers followed by ReLU. Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers", ICCV 2015, equation 10.</summary>
/// <param name="seed">The seed; see <see cref="Initializer"/>.</param>
public sealed class HeUniform(ulong? seed = null) : VarianceScaling(2, FanMode.FanIn, WeightDistribution.Uniform, seed);
