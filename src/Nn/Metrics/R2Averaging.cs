namespace Numerics.Nn;

/// <summary>How the scores of several outputs become one number in <see cref="R2Score"/>.</summary>
public enum R2Averaging
{
    /// <summary>The mean: each output counts the same.</summary>
    Uniform,

    /// <summary>The mean, each output weighted by the variance of its target.</summary>
    VarianceWeighted,
}
