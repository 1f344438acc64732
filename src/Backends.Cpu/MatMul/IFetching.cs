namespace Numerics.Backends.Cpu;

/// <summary>What a micro-kernel asks for ahead in each step, so that the JIT leaves out the rest.</summary>
internal interface IFetching
{
    /// <summary>Whether a line at <see cref="TileOperands.Ahead"/>.</summary>
    static abstract bool First { get; }

    /// <summary>Whether lines at the two other places, too.</summary>
    static abstract bool All { get; }
}
