namespace Numerics.Backends.Cpu;

/// <summary>The kinds of <see cref="ISteps"/>.</summary>
internal static class Steps
{
    /// <summary>Any strides.</summary>
    public readonly struct Strided : ISteps
    {
        public static bool AreAdjacent => false;

        public static int From(int step) => 0;
    }

    /// <summary>Without gaps: a matrix by rows times a packed one.</summary>
    public readonly struct Adjacent : ISteps
    {
        public static bool AreAdjacent => true;

        public static int From(int step) => step;
    }
}
