using System.Diagnostics;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Which of a weight's fans the variance is divided by.</summary>
public enum FanMode
{
    /// <summary>The number of inputs of one output.</summary>
    FanIn,

    /// <summary>The number of outputs of one input.</summary>
    FanOut,

    /// <summary>The mean of both.</summary>
    FanAverage,
}

/// <summary>The distribution that weights are drawn from.</summary>
public enum WeightDistribution
{
    /// <summary>A normal distribution cut off at two standard deviations and widened so that the variance is the one asked
    /// for.</summary>
    TruncatedNormal,

    /// <summary>A normal distribution.</summary>
    UntruncatedNormal,

    /// <summary>A uniform distribution.</summary>
    Uniform,
}

/// <summary>
/// Draws weights of mean 0 and variance scale / fan, which keeps the size of signals through a deep network. The fans of a
/// kernel [.., in, out] are in and out times the product of the extents before them, as Keras counts.
/// </summary>
public class VarianceScaling : Initializer
{
    // The standard deviation of a standard normal distribution that is cut off at ±2.
    private const double TruncatedDeviation = 0.87962566103423978;

    /// <summary>Creates the initializer.</summary>
    /// <param name="scale">The variance times the fan; greater than 0.</param>
    /// <param name="mode">Which fan.</param>
    /// <param name="distribution">Which distribution.</param>
    /// <param name="seed">The seed; see <see cref="Initializer"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not a positive number.</exception>
    public VarianceScaling(
        float scale = 1, FanMode mode = FanMode.FanIn, WeightDistribution distribution = WeightDistribution.TruncatedNormal, ulong? seed = null)
        : base(seed)
    {
        if (scale is not (> 0 and < float.PositiveInfinity))
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "scale is greater than 0");
        (Scale, Mode, Distribution) = (scale, mode, distribution);
    }

    /// <summary>The variance times the fan.</summary>
    public float Scale { get; }

    /// <summary>Which fan.</summary>
    public FanMode Mode { get; }

    /// <summary>Which distribution.</summary>
    public WeightDistribution Distribution { get; }

    /// <inheritdoc/>
    public override Tensor Call(Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        (double fanIn, double fanOut) = Fans(shape);
        double fan = Mode switch
        {
            FanMode.FanIn => fanIn,
            FanMode.FanOut => fanOut,
            FanMode.FanAverage => (fanIn + fanOut) / 2,
            _ => throw new UnreachableException(),
        };
        double variance = Scale / Math.Max(1, fan);
        RandomKey key = NextKey();
        switch (Distribution)
        {
            case WeightDistribution.Uniform:
                float limit = (float)Math.Sqrt(3 * variance);
                return Tensor.RandomUniform(shape, -limit, limit, key);
            case WeightDistribution.UntruncatedNormal:
                return Tensor.RandomNormal(shape, 0, (float)Math.Sqrt(variance), key);
            default:
                return TruncatedNormal.Draw(shape, 0, (float)(Math.Sqrt(variance) / TruncatedDeviation), key);
        }
    }

    private static (double In, double Out) Fans(Shape shape)
    {
        if (shape.Rank < 2)
            return shape.Rank == 0 ? (1, 1) : (shape[0], shape[0]);
        double field = 1;
        foreach (int extent in shape.Dims[..^2])
            field *= extent;
        return (field * shape[-2], field * shape[-1]);
    }
}
