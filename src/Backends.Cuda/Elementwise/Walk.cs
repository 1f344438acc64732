namespace Numerics.Backends.Cuda;

/// <summary>How one or two operands walk over an output: the structure of the same name in elementwise.cuh.</summary>
internal static class Walk
{
    private const int MaxAxes = 16;

    /// <summary>The words of the structure.</summary>
    /// <param name="dims">The output's extents, outermost first.</param>
    /// <param name="stepsA">The first operand's step along each axis, in elements.</param>
    /// <param name="stepsB">The second operand's.</param>
    public static int[] Words(ReadOnlySpan<int> dims, ReadOnlySpan<int> stepsA, ReadOnlySpan<int> stepsB)
    {
        if (dims.Length > MaxAxes)
            throw new NotSupportedException($"a broadcast or transposition over {dims.Length} interleaved axes; {MaxAxes} are supported");
        int[] words = new int[1 + (3 * MaxAxes)];
        words[0] = dims.Length;
        dims.CopyTo(words.AsSpan(1));
        stepsA.CopyTo(words.AsSpan(1 + MaxAxes));
        stepsB.CopyTo(words.AsSpan(1 + (2 * MaxAxes)));
        return words;
    }
}
