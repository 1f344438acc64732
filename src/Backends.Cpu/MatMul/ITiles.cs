namespace Numerics.Backends.Cpu;

/// <summary>What a call of a micro-kernel does, so that the JIT leaves out the rest.</summary>
internal interface ITiles
{
    /// <summary>Whether <see cref="TileOperands.Tiles"/> says how many; else one.</summary>
    static abstract bool Several { get; }

    /// <summary>Whether it asks ahead for all three places of <see cref="TileOperands"/>; else for the first.</summary>
    static abstract bool FetchesAll { get; }
}
