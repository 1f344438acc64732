using CsCheck;
using Numerics.Tensors;

namespace Numerics.Data.Tests;

public class BatchTests
{
    [Fact]
    public void Batches_hold_runs_of_items_and_the_last_what_is_left() =>
        Gen.Select(Gen.Int[0, 50], Gen.Int[1, 12], Gen.Bool).Sample((count, size, drop) =>
        {
            var data = Numbers.UpTo(count).Batch(size, drop);
            DataItem[] batches = [.. data];
            int[][] expected = [.. Enumerable.Range(0, count).Chunk(size).Where(chunk => !drop || chunk.Length == size)];
            Assert.Equal(expected.Length, batches.Length);
            Assert.Equal(expected.Length, data.Cardinality);
            for (int b = 0; b < batches.Length; b++)
            {
                Assert.Equal([expected[b].Length, 1], batches[b].X.Shape);
                Assert.Equal(expected[b].Select(i => (float)i), batches[b].X.ToFloats());
                Assert.Equal(expected[b].Select(i => 10f * i), batches[b].Y.ToFloats());
                Assert.Null(batches[b].SampleWeight);
            }
        });

    [Fact]
    public void Types_and_scalars_are_stacked_as_they_are()
    {
        var item = new DataItem(NDArray.From((1, 2, 3), [1, 2, 3, 4, 5, 6], DType.UNorm8), NDArray.From(Shape.Scalar, [7]));
        DataItem batch = Dataset.From([item, item]).Batch(2).Single();
        Assert.Equal((DType.UNorm8, DType.Int32), (batch.X.DType, batch.Y.DType));
        Assert.Equal([2, 1, 2, 3], batch.X.Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6], batch.X.Bytes.ToArray());
        Assert.Equal([2], batch.Y.Shape);
        Assert.Equal([7, 7], batch.Y.AsSpan<int>().ToArray());
    }

    [Fact]
    public void Several_inputs_and_targets_are_stacked_each_for_itself()
    {
        Dataset pairs = Numbers.UpTo(5).Zip(Numbers.UpTo(5), (a, b) => new DataItem([a.X, b.Y], [a.Y, b.X, a.X]));
        DataItem[] batches = [.. pairs.Batch(3)];
        Assert.Equal([0f, 1, 2], batches[0].Inputs[0].ToFloats());
        Assert.Equal([0f, 10, 20], batches[0].Inputs[1].ToFloats());
        Assert.Equal([30f, 40], batches[1].Targets[0].ToFloats());
        Assert.Equal(3, batches[1].Targets.Count);
        DataItem one = Numbers.UpTo(1).Single();
        ShapeMismatchException error = Assert.Throws<ShapeMismatchException>(() => Dataset.From([one, new DataItem([one.X, one.X], [one.Y])]).Batch(2).ToArray());
        Assert.Contains("item 1 has 2 arrays as X", error.Message, StringComparison.Ordinal);
        Assert.Contains("Inputs", Assert.Throws<InvalidOperationException>(() => batches[0].X).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_are_stacked_and_missing_ones_count_as_one()
    {
        DataItem Weighted(float? weight) =>
            Numbers.Item(0) with { SampleWeight = weight is { } w ? NDArray.From(Shape.Scalar, [w]) : null };
        DataItem batch = Dataset.From([Weighted(null), Weighted(0.5f), Weighted(2)]).Batch(3).Single();
        Assert.Equal([3], batch.SampleWeight!.Shape);
        Assert.Equal([1f, 0.5f, 2f], batch.SampleWeight.ToFloats());
    }

    [Fact]
    public void Another_shape_or_type_is_refused_by_name()
    {
        DataItem odd = new(new NDArray([2]), new NDArray([1]));
        var shapes = Assert.Throws<ShapeMismatchException>(
            () => Dataset.From([.. Enumerable.Range(0, 5).Select(Numbers.Item), odd]).Batch(4).Count());
        Assert.Contains("X of item 5 is Float32 [2]", shapes.Message, StringComparison.Ordinal);
        Assert.Contains("item 4", shapes.Message, StringComparison.Ordinal);
        Assert.Contains("Float32 [1]", shapes.Message, StringComparison.Ordinal);

        DataItem integer = new(new[] { 1f }, new[] { 1 });
        var types = Assert.Throws<ShapeMismatchException>(() => Dataset.From([Numbers.Item(0), integer]).Batch(2).Count());
        Assert.Contains("Y of item 1 is Int32 [1]", types.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_are_made_one_at_a_time()
    {
        var source = new Probe(100);
        using var batches = source.Batch(4).GetEnumerator();
        Assert.Equal(0, source.Made);
        Assert.True(batches.MoveNext());
        Assert.Equal(4, source.Made);
        batches.Dispose();
        Assert.Equal(1, source.Disposed);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => source.Batch(0));
    }
}
