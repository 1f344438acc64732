namespace Numerics.Backends.Cpu;

/// <summary>The kinds of <see cref="IFetching"/>.</summary>
internal static class Fetching
{
    /// <summary>Nothing.</summary>
    public readonly struct None : IFetching
    {
        public static bool EachRound => false;

        public static bool EachStep => false;

        public static bool All => false;
    }

    /// <summary>One line in four steps.</summary>
    public readonly struct OneEachRound : IFetching
    {
        public static bool EachRound => true;

        public static bool EachStep => false;

        public static bool All => false;
    }

    /// <summary>One line a step.</summary>
    public readonly struct One : IFetching
    {
        public static bool EachRound => false;

        public static bool EachStep => true;

        public static bool All => false;
    }

    /// <summary>A line a step at each of three places.</summary>
    public readonly struct Three : IFetching
    {
        public static bool EachRound => false;

        public static bool EachStep => true;

        public static bool All => true;
    }
}
