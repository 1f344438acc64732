namespace Numerics.Backends.Cpu;

/// <summary>How a tile's operands go from step to step, as a type: between adjacent ones no instruction computes an address.</summary>
internal interface ISteps
{
    /// <summary>Whether the left operand's steps are neighbours, and the right operand's rows are as long as the tile is wide.</summary>
    static abstract bool AreAdjacent { get; }

    /// <summary>Steps from where the operands stand to one of a round; 0 where each step moves them on.</summary>
    static abstract int From(int step);
}
