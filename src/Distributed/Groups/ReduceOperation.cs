namespace Numerics.Distributed;

/// <summary>What becomes of the numbers of several processes.</summary>
public enum ReduceOperation
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their sum divided by the number of processes.</summary>
    Mean,

    /// <summary>The largest.</summary>
    Max,
}
