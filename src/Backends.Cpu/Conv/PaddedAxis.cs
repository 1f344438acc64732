namespace Numerics.Backends.Cpu;

/// <summary>One axis of a picture beyond whose ends a kernel may reach.</summary>
internal static class PaddedAxis
{
    /// <summary>
    /// Which of <paramref name="count"/> positions start, start + stride, start + 2·stride, .. are in 0 to length - 1; none where the first
    /// one is not below the end.
    /// </summary>
    public static (int First, int End) Inside(int start, int stride, int length, int count) =>
        (start >= 0 ? 0 : (-start + stride - 1) / stride, Math.Min(count, start >= length ? 0 : (length - start + stride - 1) / stride));
}
