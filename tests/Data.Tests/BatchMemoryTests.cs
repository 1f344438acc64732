using System.Runtime.CompilerServices;
using Numerics.Data;
using Numerics.Tensors;

namespace Numerics.Tests.Data;

/// <summary>The memory of batches: used again once it is given back, and only then.</summary>
public sealed class BatchMemoryTests
{
    [Fact]
    public void Batches_that_nobody_gives_back_stay_as_they_are()
    {
        DataItem[] batches = [.. Numbers(20).Batch(3).Prefetch()];
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (float)i), batches.SelectMany(batch => batch.X.ToFloats()));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => -(float)i), batches.SelectMany(batch => batch.Y.ToFloats()));
    }

    [Fact]
    public void A_batch_is_written_where_one_of_its_shape_was_given_back()
    {
        Dataset data = Numbers(8).Batch(3);
        var source = Assert.IsAssignableFrom<IRecyclingDataSource>(data);
        using IEnumerator<DataItem> items = data.GetEnumerator();
        Assert.True(items.MoveNext());
        DataItem first = items.Current;
        source.Recycle(first);
        Assert.True(items.MoveNext());
        Assert.True(IsSame(first.X, items.Current.X));
        Assert.True(IsSame(first.Y, items.Current.Y));
        Assert.Equal([3f, 4f, 5f], items.Current.X.ToFloats());
        Assert.Equal([-3f, -4f, -5f], items.Current.Y.ToFloats());
        source.Recycle(items.Current);

        // Two rows are left, another shape.
        Assert.True(items.MoveNext());
        Assert.False(IsSame(first.X, items.Current.X));
        Assert.Equal([6f, 7f], items.Current.X.ToFloats());
    }

    [Fact]
    public void Memory_goes_round_while_items_are_fetched_ahead()
    {
        static Dataset Source() => Numbers(1000).Repeat(3).Shuffle(50, seed: 3).Batch(4).Prefetch(2);
        List<float[]> expected = [.. Source().Select(batch => batch.X.ToFloats())];
        Dataset data = Source();
        var source = Assert.IsAssignableFrom<IRecyclingDataSource>(data);
        var arrays = new HashSet<NDArray>(ReferenceEqualityComparer.Instance);
        int i = 0;
        foreach (DataItem batch in data)
        {
            Assert.Equal(expected[i], batch.X.ToFloats());
            Assert.Equal(expected[i++].Select(x => -x), batch.Y.ToFloats());
            _ = arrays.Add(batch.X);
            source.Recycle(batch);
        }

        Assert.Equal(expected.Count, i);
        Assert.InRange(arrays.Count, 1, 10);
    }

    [Fact]
    public void What_a_cache_keeps_is_not_given_back()
    {
        Dataset data = Numbers(9).Batch(3).Cache().Prefetch();
        for (int epoch = 0; epoch < 3; epoch++)
        {
            List<float> seen = [];
            foreach (DataItem batch in data)
            {
                seen.AddRange(batch.X.ToFloats());
                ((IRecyclingDataSource)data).Recycle(batch);
            }

            Assert.Equal(Enumerable.Range(0, 9).Select(i => (float)i), seen);
        }
    }

    private static Dataset Numbers(int count) => Dataset.FromArrays(
        NDArray.From(count, [.. Enumerable.Range(0, count).Select(i => (float)i)]),
        NDArray.From((count, 1), [.. Enumerable.Range(0, count).Select(i => -(float)i)]));

    private static bool IsSame(NDArray a, NDArray b) => Unsafe.AreSame(ref a.Bytes[0], ref b.Bytes[0]);
}
