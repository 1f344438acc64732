using System.Collections;
using Numerics.Tensors;

namespace Numerics.Distributed.Tests;

/// <summary>Batches that are there already, and a place among them.</summary>
internal sealed class Batches(params DataItem[] items) : IResumableDataSource
{
    private long _start;

    public int? Cardinality => items.Length;

    public DataPosition Position { get; set; }

    /// <summary>Pictures of 6×6 with two channels, of which those with a bright first channel are of class 1.</summary>
    public static Batches OfPictures(params int[] sizes) => new([.. sizes.Select((size, i) => Pictures(size, (ulong)i))]);

    public static DataItem Pictures(int count, ulong stream, bool isWeighted = false)
    {
        NDArray x = Numbers.Rows((count, 6, 6, 2), stream), y = new((count, 2));
        for (int i = 0; i < count; i++)
        {
            float sum = 0;
            for (int pixel = 0; pixel < 36; pixel++)
                sum += x.AsSpan<float>()[(i * 72) + (2 * pixel)];
            y.AsSpan<float>()[(2 * i) + (sum > 0 ? 1 : 0)] = 1;
        }

        if (!isWeighted)
            return new DataItem(x, y);
        var weights = new NDArray(count);
        for (int i = 0; i < count; i++)
            weights.AsSpan<float>()[i] = 0.25f + (i % 3);
        return new DataItem(x, y, weights);
    }

    public IEnumerator<DataItem> GetEnumerator()
    {
        _start = Position.Items;
        for (int i = (int)_start; i < items.Length; i++)
        {
            Position = Position with { Items = i + 1 };
            yield return items[i];
        }

        Position = new DataPosition(Position.Epoch + 1, 0);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
