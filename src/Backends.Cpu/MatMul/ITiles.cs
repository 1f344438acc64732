namespace Numerics.Backends.Cpu;

/// <summary>How many tiles a call of a micro-kernel computes, so that the JIT leaves out what one alone does not need.</summary>
internal interface ITiles
{
    /// <summary>Whether <see cref="TileOperands.Tiles"/> says how many; else one.</summary>
    static abstract bool Several { get; }
}
