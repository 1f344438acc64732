using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Two parts of the examples that have the same shares of the classes.</summary>
public static class StratifiedSplit
{
    /// <summary>
    /// Sets a share of the examples of every class aside, drawn at random. A class of n examples gives n·share, rounded down or up,
    /// and all together the nearest integer to their number times the share: those with the greatest remainders round up, the
    /// lower class of equals first.
    /// </summary>
    /// <param name="labels">Class numbers or yes/no labels [examples] or [examples, 1], or one-hot rows [examples, classes].</param>
    /// <param name="share">The share set aside, in [0, 1].</param>
    /// <param name="seed">The seed: same labels, share and seed, same parts.</param>
    /// <returns>The positions that remain and those that are set aside, both ascending; <see cref="ArrayRows.Take"/> gives the
    /// rows.</returns>
    /// <exception cref="ArgumentException">A label names no class.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of its range.</exception>
    public static (int[] Training, int[] Validation) Draw(NDArray labels, double share, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (share is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "share is in [0, 1]");
        int[][] members = Members(labels);
        int[] held = [.. members.Select(positions => (int)Math.Floor(positions.Length * share))];
        int rest = (int)Math.Round(members.Sum(positions => positions.Length) * share) - held.Sum();
        foreach (int id in Enumerable.Range(0, members.Length).OrderByDescending(id => (members[id].Length * share) - held[id]).Take(rest))
            held[id]++;
        var training = new List<int>();
        var validation = new List<int>();
        for (int id = 0; id < members.Length; id++)
        {
            Permutation.Shuffle(members[id], new RandomKey(seed, (ulong)id));
            validation.AddRange(members[id].AsSpan(0, held[id]));
            training.AddRange(members[id].AsSpan(held[id]));
        }

        training.Sort();
        validation.Sort();
        return ([.. training], [.. validation]);
    }

    /// <summary>The positions of each class's examples, ascending.</summary>
    internal static int[][] Members(NDArray labels)
    {
        (int[] read, int classes) = ClassLabels.ReadAll(labels, nameof(labels));
        var members = new List<int>[classes];
        for (int id = 0; id < classes; id++)
            members[id] = [];
        for (int i = 0; i < read.Length; i++)
            members[read[i]].Add(i);
        return [.. members.Select(positions => positions.ToArray())];
    }
}
