namespace Numerics.Backends.Cpu;

/// <summary>One tile a call, or several.</summary>
internal static class TileCounts
{
    /// <summary>One.</summary>
    public readonly struct One : ITiles
    {
        public static bool Several => false;

        public static bool FetchesAll => false;
    }

    /// <summary>As many as <see cref="TileOperands.Tiles"/> says.</summary>
    public readonly struct Some : ITiles
    {
        public static bool Several => true;

        public static bool FetchesAll => false;
    }

    /// <summary>As many, with lines of all three places on their way.</summary>
    public readonly struct SomeFetchingAll : ITiles
    {
        public static bool Several => true;

        public static bool FetchesAll => true;
    }
}
