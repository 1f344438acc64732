namespace Numerics.Tests.Conformance;

/// <summary>Sizes at which kernels change their way: small ones, the widths of vectors and tiles and their neighbours, and now and then large ones.</summary>
internal sealed class FuzzShapes(Random random)
{
    private static readonly int[] s_edges = [4, 6, 8, 12, 16, 24, 32, 48, 64];

    /// <summary>One of two.</summary>
    public bool Flip(double probability = 0.5) => random.NextDouble() < probability;

    /// <summary>A number in low..high.</summary>
    public int Between(int low, int high) => (int)random.NextInt64(low, Math.Max(low, high) + 1L);

    /// <summary>One of some.</summary>
    public T Of<T>(params T[] values) => values[random.Next(values.Length)];

    /// <summary>A size of 1 to so many.</summary>
    public int Size(int most)
    {
        int size = random.Next(4) switch
        {
            0 => random.Next(1, 5),
            1 => random.Next(1, most + 1),
            _ => s_edges[random.Next(s_edges.Length)] + random.Next(-1, 2),
        };
        return Math.Clamp(size, 1, most);
    }
}
