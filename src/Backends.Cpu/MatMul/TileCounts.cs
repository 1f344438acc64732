namespace Numerics.Backends.Cpu;

/// <summary>One tile a call, or several.</summary>
internal static class TileCounts
{
    /// <summary>One.</summary>
    public readonly struct One : ITiles
    {
        public static bool Several => false;
    }

    /// <summary>As many as <see cref="TileOperands.Tiles"/> says.</summary>
    public readonly struct Some : ITiles
    {
        public static bool Several => true;
    }
}
