namespace Numerics.Backends.Cpu;

/// <summary>The kinds of <see cref="ISteps"/>.</summary>
internal static class Steps
{
    /// <summary>Any strides.</summary>
    public readonly struct Strided : ISteps
    {
        public static bool AreAdjacent => false;

        public static nint Bytes(int step) => 0;

        public static int Rows(int step) => 0;
    }

    /// <summary>Without gaps: a matrix by rows times a packed one.</summary>
    public readonly struct Adjacent : ISteps
    {
        public static bool AreAdjacent => true;

        public static nint Bytes(int step) => step * sizeof(float);

        public static int Rows(int step) => step;
    }
}
