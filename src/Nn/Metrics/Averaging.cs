namespace Numerics.Nn;

/// <summary>How a metric of one class against the rest becomes one number for several classes.</summary>
public enum Averaging
{
    /// <summary>The mean over the classes: each counts the same, the rare ones too.</summary>
    Macro,

    /// <summary>One value over all pairs of an example and a class.</summary>
    Micro,

    /// <summary>The mean over the classes, each weighted by its examples.</summary>
    Weighted,
}
