namespace Numerics.Backends.Cpu;

/// <summary>How a tile's operands go from step to step, as a type: between adjacent ones no instruction computes an address.</summary>
internal interface ISteps
{
    /// <summary>Whether the left operand's steps are neighbours, and the right operand's rows are as long as the tile is wide.</summary>
    static abstract bool AreAdjacent { get; }

    /// <summary>Bytes from where a round of the left operand starts to one of its steps; 0 where each step moves on.</summary>
    static abstract nint Bytes(int step);

    /// <summary>Rows of the right operand up to there.</summary>
    static abstract int Rows(int step);
}
