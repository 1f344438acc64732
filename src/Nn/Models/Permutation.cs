using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Random orders.</summary>
internal static class Permutation
{
    /// <summary>The numbers from a first one on in an order drawn from <see cref="RandomGenerator.Default"/>.</summary>
    public static int[] Of(int first, int count)
    {
        int[] order = [.. Enumerable.Range(first, count)];
        Shuffle(order, RandomGenerator.Default.Next());
        return order;
    }

    /// <summary>Puts items into a random order, a function of the key alone.</summary>
    /// <remarks>Fisher-Yates; 64 random bits scaled to the range, so that the bias is below 2^-32.</remarks>
    public static void Shuffle(Span<int> order, RandomKey key)
    {
        for (int i = order.Length - 1; i > 0; i--)
        {
            var words = Philox.Block(key, (ulong)i);
            int other = (int)Math.BigMul(((ulong)words.X << 32) | words.Y, (ulong)i + 1, out _);
            (order[i], order[other]) = (order[other], order[i]);
        }
    }
}
