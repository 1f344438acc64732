using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Showing the examples of rare classes more often.</summary>
public static class Oversampling
{
    /// <summary>
    /// An order of the examples, as positions, in which those of rare classes are repeated until each class has at least a share of
    /// the examples that the largest has. Every example occurs; two of one class occur equally often or once more. <see
    /// cref="ArrayRows.Take"/> gives the rows. Set validation data aside first, or copies of one example lie on both sides.
    /// </summary>
    /// <param name="labels">Class numbers or yes/no labels [examples] or [examples, 1], or one-hot rows [examples, classes].</param>
    /// <param name="seed">The seed: same labels, share and seed, same order.</param>
    /// <param name="share">How large the small classes become, in [0, 1]; 1 makes all classes equal.</param>
    /// <returns>Positions in random order. Classes without examples stay so.</returns>
    /// <exception cref="ArgumentException">A label names no class.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of its range.</exception>
    public static int[] Order(NDArray labels, ulong seed, double share = 1)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (share is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "share is in [0, 1]");
        int[][] members = StratifiedSplit.Members(labels);
        int largest = members.Length == 0 ? 0 : members.Max(positions => positions.Length);
        int wanted = (int)Math.Ceiling(largest * share);
        var order = new List<int>();
        for (int id = 0; id < members.Length; id++)
        {
            int[] positions = members[id];
            if (positions.Length == 0)
                continue;
            Permutation.Shuffle(positions, new RandomKey(seed, (ulong)id + 1));
            for (int left = Math.Max(wanted, positions.Length); left > 0; left -= positions.Length)
                order.AddRange(positions.AsSpan(0, Math.Min(left, positions.Length)));
        }

        int[] shuffled = [.. order];
        Permutation.Shuffle(shuffled, new RandomKey(seed, 0));
        return shuffled;
    }
}
