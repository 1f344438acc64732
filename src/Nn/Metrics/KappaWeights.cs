namespace Numerics.Nn;

/// <summary>How bad it is to take a class i for a class j.</summary>
public enum KappaWeights
{
    /// <summary>Every error the same.</summary>
    None,

    /// <summary>|i - j|, for classes that are in order.</summary>
    Linear,

    /// <summary>(i - j)², for classes that are in order.</summary>
    Quadratic,
}
