using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Items drawn from a buffer.</summary>
internal sealed class ShuffleDataset : DerivedDataset
{
    private readonly int _bufferSize;
    private readonly ulong _seed;
    private readonly bool _reshuffle;

    public ShuffleDataset(Dataset source, int bufferSize, ulong? seed, bool reshuffleEachIteration)
        : base(source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferSize, 1);
        _bufferSize = bufferSize;
        _seed = seed ?? Draw(RandomGenerator.Default);
        _reshuffle = reshuffleEachIteration;
    }

    internal override bool IsReshuffled => _reshuffle || base.IsReshuffled;

    public override IEnumerator<DataItem> Enumerate(long epoch)
    {
        var sampler = new IndexSampler(new RandomKey(_seed, _reshuffle ? (ulong)epoch : 0));
        var buffer = new List<DataItem>();
        using var items = Source.Enumerate(epoch);
        while (items.MoveNext())
        {
            if (buffer.Count < _bufferSize)
            {
                buffer.Add(items.Current);
                continue;
            }

            int i = sampler.Next(buffer.Count);
            DataItem drawn = buffer[i];
            buffer[i] = items.Current;
            yield return drawn;
        }

        while (buffer.Count > 0)
        {
            int i = sampler.Next(buffer.Count);
            DataItem drawn = buffer[i];
            buffer[i] = buffer[^1];
            buffer.RemoveAt(buffer.Count - 1);
            yield return drawn;
        }
    }

    private static ulong Draw(RandomGenerator generator)
    {
        var (x, y, _, _) = Philox.Block(generator.Next(), block: 0);
        return x | ((ulong)y << 32);
    }
}
