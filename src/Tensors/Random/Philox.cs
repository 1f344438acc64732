using System.Runtime.CompilerServices;

namespace Numerics.Tensors;

/// <summary>
/// Philox4x32-10, a counter-based random number generator: block n of a stream is a pure function of key and n, so any part
/// of a stream can be drawn anywhere, by any number of threads or on a GPU, with the same result.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 4.3.
/// </summary>
public static class Philox
{
    /// <summary>The four 32-bit words of one block.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="block">The block's position in the stream.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint X, uint Y, uint Z, uint W) Block(RandomKey key, ulong block) =>
        Block((uint)key.Seed, (uint)(key.Seed >> 32), (uint)block, (uint)(block >> 32), (uint)key.Stream, (uint)(key.Stream >> 32));

    /// <summary>The function itself, over two key words and four counter words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint X, uint Y, uint Z, uint W) Block(uint key0, uint key1, uint c0, uint c1, uint c2, uint c3)
    {
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = 0xD2511F53UL * c0, p1 = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ key0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ key1, (uint)p0);
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>A float in [0, 1) from the upper 24 bits of a word: every value is exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToUniform(uint word) => (word >> 8) * (1f / (1 << 24));

    /// <summary>
    /// Two standard normal values from two words, by the Box–Muller transform in double precision. The first word is taken
    /// into (0, 1], so that its logarithm is finite.
    /// </summary>
    public static (float First, float Second) ToNormal(uint a, uint b)
    {
        double radius = Math.Sqrt(-2 * Math.Log((a + 1.0) * (1.0 / 4294967296.0)));
        (double sin, double cos) = Math.SinCos(b * (2 * Math.PI / 4294967296.0));
        return ((float)(radius * cos), (float)(radius * sin));
    }

    /// <summary>Element i..i+n-1 of a stream of uniform floats in [0, 1): word i%4 of block i/4.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="start">The position of the first element wanted; a multiple of 4.</param>
    /// <param name="values">Receives the values.</param>
    public static void FillUniform(RandomKey key, long start, Span<float> values)
    {
        ulong block = FirstBlock(start);
        for (int i = 0; i < values.Length; i += 4, block++)
        {
            var words = Block(key, block);
            Store(values[i..], ToUniform(words.X), ToUniform(words.Y), ToUniform(words.Z), ToUniform(words.W));
        }
    }

    /// <summary>Element i..i+n-1 of a stream of standard normal floats; one block gives four.</summary>
    /// <inheritdoc cref="FillUniform"/>
    public static void FillNormal(RandomKey key, long start, Span<float> values)
    {
        ulong block = FirstBlock(start);
        for (int i = 0; i < values.Length; i += 4, block++)
        {
            var words = Block(key, block);
            var (a, b) = ToNormal(words.X, words.Y);
            var (c, d) = ToNormal(words.Z, words.W);
            Store(values[i..], a, b, c, d);
        }
    }

    private static ulong FirstBlock(long start)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        return start % 4 == 0 ? (ulong)start / 4 : throw new ArgumentException("a fill starts at a block of four", nameof(start));
    }

    private static void Store(Span<float> values, float a, float b, float c, float d)
    {
        values[0] = a;
        if (values.Length > 1)
            values[1] = b;
        if (values.Length > 2)
            values[2] = c;
        if (values.Length > 3)
            values[3] = d;
    }
}
