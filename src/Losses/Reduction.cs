namespace Numerics.Losses;

/// <summary>How a loss turns the values of the examples into its result.</summary>
public enum Reduction
{
    /// <summary>Their sum divided by their number; sample weights do not change the divisor, as in Keras.</summary>
    SumOverBatchSize,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>One value for each example.</summary>
    None,
}
