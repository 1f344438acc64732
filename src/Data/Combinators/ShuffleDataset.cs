using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Items drawn from a buffer.</summary>
internal sealed class ShuffleDataset : DerivedDataset
{
    private readonly int _bufferSize;
    private readonly ulong _seed;
    private readonly bool _reshuffle;

    public ShuffleDataset(Dataset source, int? bufferSize, ulong? seed, bool reshuffleEachIteration)
        : base(source)
    {
        _bufferSize = bufferSize ?? int.MaxValue;
        ArgumentOutOfRangeException.ThrowIfLessThan(_bufferSize, 1, nameof(bufferSize));
        _seed = seed ?? RandomGenerator.Default.NextSeed();
        _reshuffle = reshuffleEachIteration;
    }

    internal override bool IsReshuffled => _reshuffle || base.IsReshuffled;

    internal override int? PositionCount => Source.IndexCount;

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        IndexSampler sampler = Sampler(epoch);

        // Where items can be had by index, their indices wait in the buffer instead of them: nothing has to be made before the
        // first one is yielded.
        return Source.IndexCount is { } count
            ? Kept(Source.EnumerateAt(epoch, [.. Draw(Enumerable.Range(0, count).GetEnumerator(), sampler)]), start)
            : Left(Draw(Source.Enumerate(epoch), sampler).GetEnumerator(), start);
    }

    internal override IEnumerator<DataItem?> EnumeratePositions(long epoch, int[] positions)
    {
        int[] order = [.. Draw(Enumerable.Range(0, Source.IndexCount!.Value).GetEnumerator(), Sampler(epoch))];
        return Source.EnumerateAt(epoch, Array.ConvertAll(positions, position => order[position]));
    }

    private IndexSampler Sampler(long epoch) => new(new RandomKey(_seed, _reshuffle ? (ulong)epoch : 0));

    private IEnumerable<T> Draw<T>(IEnumerator<T> items, IndexSampler sampler)
    {
        using (items)
        {
            var buffer = new List<T>();
            while (items.MoveNext())
            {
                if (buffer.Count < _bufferSize)
                {
                    buffer.Add(items.Current);
                    continue;
                }

                int i = sampler.Next(buffer.Count);
                T drawn = buffer[i];
                buffer[i] = items.Current;
                yield return drawn;
            }

            while (buffer.Count > 0)
            {
                int i = sampler.Next(buffer.Count);
                T drawn = buffer[i];
                buffer[i] = buffer[^1];
                buffer.RemoveAt(buffer.Count - 1);
                yield return drawn;
            }
        }
    }
}
