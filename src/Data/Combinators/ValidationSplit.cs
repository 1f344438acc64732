using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>The arithmetic of setting a part of a data set aside for validation.</summary>
internal static class ValidationSplit
{
    /// <summary>The number of items set aside: the fraction of all of them, rounded down, as Keras does.</summary>
    public static int Count(int items, double fraction)
    {
        if (!(fraction is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "the validation part must be a fraction in 0..1");
        return (int)(items * fraction);
    }

    /// <summary>Marks <paramref name="held"/> of <paramref name="items"/> positions at random.</summary>
    public static bool[] Draw(int items, int held, ulong seed)
    {
        var marks = new bool[items];
        foreach (int position in new IndexSampler(new RandomKey(seed, 0)).Permutation(items).AsSpan(0, held))
            marks[position] = true;
        return marks;
    }

    /// <summary>
    /// Marks the fraction of each class, rounded so that all classes together have the fraction of all items: the classes that lose most
    /// by rounding down get one more.
    /// </summary>
    /// <param name="labels">The class of each item.</param>
    /// <param name="fraction">The part to mark, in 0..1.</param>
    /// <param name="seed">Draws which; null marks the last ones of each class.</param>
    public static bool[] DrawStratified(ReadOnlySpan<int> labels, double fraction, ulong? seed)
    {
        int all = Count(labels.Length, fraction);
        var classes = new SortedDictionary<int, List<int>>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (!classes.TryGetValue(labels[i], out List<int>? positions))
                classes[labels[i]] = positions = [];
            positions.Add(i);
        }

        var held = classes.ToDictionary(pair => pair.Key, pair => (int)(pair.Value.Count * fraction));
        int missing = all - held.Values.Sum();
        foreach (int label in classes.Keys.OrderByDescending(label => (classes[label].Count * fraction) - held[label]).Take(missing))
            held[label]++;

        var marks = new bool[labels.Length];
        foreach ((int label, List<int> positions) in classes)
        {
            int[] order = seed is { } number
                ? new IndexSampler(new RandomKey(number, (ulong)(uint)label)).Permutation(positions.Count)
                : [.. Enumerable.Range(0, positions.Count).Reverse()];
            foreach (int i in order.AsSpan(0, held[label]))
                marks[positions[i]] = true;
        }

        return marks;
    }
}
