namespace Numerics.Backends.Cpu;

/// <summary>What a micro-kernel asks for ahead, so that the JIT leaves out the rest.</summary>
internal interface IFetching
{
    /// <summary>Whether a line at <see cref="TileOperands.Ahead"/> in each round of four steps.</summary>
    static abstract bool EachRound { get; }

    /// <summary>Whether one in each step.</summary>
    static abstract bool EachStep { get; }

    /// <summary>Whether lines at the two other places, too.</summary>
    static abstract bool All { get; }
}
