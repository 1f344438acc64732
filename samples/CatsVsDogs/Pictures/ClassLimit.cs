using Numerics.Data;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Pictures;

/// <summary>The first so many pictures of each class, for a quick try.</summary>
/// <param name="source">The pictures.</param>
/// <param name="limit">How many of each class.</param>
internal sealed class ClassLimit(ImageDataset source, int limit) : Dataset
{
    public override int? Cardinality => source.Labels.CountBy(label => label).Sum(count => Math.Min(count.Value, limit));

    public override IEnumerator<DataItem> Enumerate(long epoch)
    {
        var left = new int[source.ClassNames.Length];
        Array.Fill(left, limit);
        using IEnumerator<DataItem> items = source.Enumerate(epoch);
        while (left.Any(count => count > 0) && items.MoveNext())
        {
            int label = items.Current.Y.AsSpan<float>().IndexOf(1f);
            if (left[label]-- > 0)
                yield return items.Current;
        }
    }
}
