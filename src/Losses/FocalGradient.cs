namespace Numerics.Losses;

/// <summary>Where a loss of probabilities starts when these come straight from a softmax or a sigmoid.</summary>
public enum FocalGradient
{
    /// <summary>
    /// From the logits, without clipping: mathematically the same loss, exact for logits of any size. An example that is wrong
    /// with certainty is pulled back with full force.
    /// </summary>
    Stable,

    /// <summary>
    /// From the probabilities, clipped to [1e-7, 1 - 1e-7] as in Keras: an example that is wrong by a gap of more than 16 between
    /// logits gets no gradient at all.
    /// </summary>
    Clipped,
}
