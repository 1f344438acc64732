using Numerics.Data;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Imbalance;

/// <summary>Pictures in memory with their labels.</summary>
/// <param name="X">The pictures, UNorm8 [pictures, side, side, 3].</param>
/// <param name="Y">The labels, one-hot [pictures, 2].</param>
internal sealed record LabelledPictures(NDArray X, NDArray Y)
{
    /// <summary>How many there are.</summary>
    public int Count => X.Shape[0];

    /// <summary>Decodes all pictures of a data set.</summary>
    public static LabelledPictures Read(ImageDataset source, CancellationToken cancellationToken)
    {
        var items = new List<DataItem>();
        foreach (DataItem item in source)
        {
            cancellationToken.ThrowIfCancellationRequested();
            items.Add(item);
        }

        NDArray x = NDArray.Empty(items[0].X.Shape.Prepend(items.Count), items[0].X.DType), y = new((items.Count, 2));
        int size = items[0].X.Bytes.Length;
        for (int i = 0; i < items.Count; i++)
        {
            items[i].X.Bytes.CopyTo(x.Bytes.Slice(i * size, size));
            items[i].Y.AsSpan<float>().CopyTo(y.AsSpan<float>().Slice(2 * i, 2));
        }

        return new(x, y);
    }

    /// <summary>The pictures at some positions, which may repeat.</summary>
    public LabelledPictures Take(ReadOnlySpan<int> positions) => new(ArrayRows.Take(X, positions), ArrayRows.Take(Y, positions));

    /// <summary>The positions of the pictures of a class, ascending.</summary>
    public int[] Of(int label) => [.. Enumerable.Range(0, Count).Where(i => Y.AsSpan<float>()[(2 * i) + label] == 1)];

    /// <summary>Two parts with the same shares of both classes, drawn at random.</summary>
    /// <param name="share">The second part's share.</param>
    /// <param name="seed">Decides which pictures go where.</param>
    public (LabelledPictures First, LabelledPictures Second) Split(double share, ulong seed)
    {
        (int[] first, int[] second) = StratifiedSplit.Draw(Y, share, seed);
        return (Take(first), Take(second));
    }
}
