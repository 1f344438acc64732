using Numerics.Tensors;

namespace Numerics.Data.Tests;

public sealed class BatchPartsTests
{
    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(4, 0, 2)]
    [InlineData(4, 2, 2)]
    [InlineData(3, 1, 1)]
    [InlineData(8, 7, 1)]
    public void Parts_are_the_rows_of_the_whole_batches(int parts, int first, int count)
    {
        Dataset whole = Rows(23).Shuffle(seed: 5).Batch(6);
        IDataSource part = ((IPartitionedDataSource)Rows(23).Shuffle(seed: 5).Batch(6).Prefetch()).PartOfBatches(parts, first, count)!;
        Assert.Equal(4, part.Cardinality);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            DataItem[] batches = [.. whole], own = [.. part];
            Assert.Equal(batches.Length, own.Length);
            for (int i = 0; i < batches.Length; i++)
            {
                int rows = batches[i].X.Shape[0], start = rows * first / parts, end = rows * (first + count) / parts;
                Assert.Equal(batches[i].X.ToFloats()[(2 * start)..(2 * end)], own[i].X.ToFloats());
                Assert.Equal(new Shape(end - start, 2), own[i].X.Shape);
                Assert.Equal(batches[i].Y.ToFloats()[start..end], own[i].Y.ToFloats());
            }
        }
    }

    [Fact]
    public void Only_the_wanted_rows_are_made()
    {
        var made = new List<float>();
        Dataset source = Rows(8).Map(item =>
        {
            lock (made)
                made.Add(item.Y.ToFloats()[0]);
            return item;
        }).Batch(4);
        IDataSource part = ((IPartitionedDataSource)source).PartOfBatches(4, 1, 2)!;
        Assert.Equal([1f, 2f, 5f, 6f], part.SelectMany(batch => batch.Y.ToFloats()));
        Assert.Equal([1f, 2f, 5f, 6f], made);
    }

    [Fact]
    public void A_position_is_that_of_the_whole()
    {
        var part = (Dataset)((IPartitionedDataSource)Rows(20).Shuffle(seed: 1).Batch(4)).PartOfBatches(2, 1, 1)!;
        float[][] all = [.. part.Select(batch => batch.Y.ToFloats())];
        part.Position = new DataPosition(0, 3);
        Assert.Equal(all[3..], part.Select(batch => batch.Y.ToFloats()));
    }

    [Fact]
    public void Items_without_an_index_have_no_parts() =>
        Assert.Null(((IPartitionedDataSource)Rows(8).Filter(_ => true).Batch(2)).PartOfBatches(2, 0, 1));

    private static Dataset Rows(int count)
    {
        NDArray x = new((count, 2)), y = new(count);
        for (int i = 0; i < count; i++)
        {
            x.AsSpan<float>()[2 * i] = x.AsSpan<float>()[(2 * i) + 1] = i;
            y.AsSpan<float>()[i] = i;
        }

        return Dataset.FromArrays(x, y);
    }
}
