namespace Numerics.Nn;

/// <summary>Truncated normal of variance 1 / fan in. Source: LeCun, Bottou, Orr, Müller, "Efficient backprop", 1998, section 4.6.</summary>
/// <param name="seed">The seed; see <see cref="Initializer"/>.</param>
public sealed class LecunNormal(ulong? seed = null) : VarianceScaling(1, FanMode.FanIn, WeightDistribution.TruncatedNormal, seed);
