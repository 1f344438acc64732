namespace Numerics.Backends.Cpu;

/// <summary>The kinds of <see cref="IFetching"/>.</summary>
internal static class Fetching
{
    /// <summary>Nothing.</summary>
    public readonly struct None : IFetching
    {
        public static bool First => false;

        public static bool All => false;
    }

    /// <summary>One line a step.</summary>
    public readonly struct One : IFetching
    {
        public static bool First => true;

        public static bool All => false;
    }

    /// <summary>A line a step at each of three places.</summary>
    public readonly struct Three : IFetching
    {
        public static bool First => true;

        public static bool All => true;
    }
}
