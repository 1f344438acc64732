using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Uniform random indices from one Philox stream.</summary>
/// <param name="key">The stream.</param>
internal sealed class IndexSampler(RandomKey key)
{
    private ulong _block;
    private ulong _spare;
    private bool _hasSpare;

    /// <summary>
    /// A number in 0..bound-1. The upper half of the 128-bit product of a 64-bit word and the bound is uniform to within
    /// bound / 2^64, which no experiment can see.
    /// </summary>
    public int Next(int bound) => (int)Math.BigMul(Word(), (ulong)bound, out _);

    /// <summary>The numbers 0..count-1 in random order, by the Fisher–Yates shuffle.</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (int i = 0; i < count; i++)
        {
            int j = Next(i + 1);
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }

    private ulong Word()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }

        var (x, y, z, w) = Philox.Block(key, _block++);
        _spare = z | ((ulong)w << 32);
        _hasSpare = true;
        return x | ((ulong)y << 32);
    }
}
