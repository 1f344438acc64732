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
}
