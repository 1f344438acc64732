namespace Numerics.Losses;

/// <summary>How a loss turns the values of the examples into its result. Examples without a label count for nothing.</summary>
public enum Reduction
{
    /// <summary>Their sum divided by their number; sample weights do not change the divisor, as in Keras.</summary>
    SumOverBatchSize,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>One value for each example.</summary>
    None,

    /// <summary>Their weighted sum divided by the sum of the weights (Keras' <c>mean_with_sample_weight</c>); 0 when that is 0.</summary>
    MeanWithSampleWeight,

    /// <summary>
    /// Their sum divided by the number of positive labels, at least 1: what detectors do, whose pictures are nearly all background
    /// (Lin et al. 2017, section 3.3). A label above one half is positive, and so is a class number that is not ignored. For losses of
    /// classes and of yes/no labels.
    /// </summary>
    SumOverPositives,
}
