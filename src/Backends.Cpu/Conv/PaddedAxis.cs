namespace Numerics.Backends.Cpu;

/// <summary>One axis of a picture beyond whose ends a kernel may reach.</summary>
internal static class PaddedAxis
{
    /// <summary>
    /// Which of <paramref name="count"/> positions start, start + stride, start + 2·stride, .. are in 0 to length - 1; none where the first
    /// one is not below the end.
    /// </summary>
    public static (int First, int End) Inside(int start, int stride, int length, int count)
    {
        int first = start >= 0 ? 0 : (-start + stride - 1) / stride;

        // Mostly all are, and a division takes as long as a few steps of a tile.
        if (start + ((count - 1) * stride) < length)
            return (first, count);
        return (first, Math.Min(count, start >= length ? 0 : (length - start + stride - 1) / stride));
    }
}
