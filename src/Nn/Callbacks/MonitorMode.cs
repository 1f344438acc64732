namespace Numerics.Nn;

/// <summary>Which values of a monitored metric are better.</summary>
public enum MonitorMode
{
    /// <summary>The smaller ones of a loss, the greater ones of an accuracy; what the metric's type says.</summary>
    Auto,

    /// <summary>Smaller ones.</summary>
    Min,

    /// <summary>Greater ones.</summary>
    Max,
}
