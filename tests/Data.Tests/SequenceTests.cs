using CsCheck;
using Numerics.Tensors;

namespace Numerics.Data.Tests;

/// <summary>Take, Skip, Repeat, Concatenate and the sources.</summary>
public class SequenceTests
{
    [Fact]
    public void Take_and_skip_part_the_sequence() =>
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 25]).Sample((count, n) =>
        {
            var data = Numbers.UpTo(count);
            int[] all = [.. Enumerable.Range(0, count)];
            Assert.Equal(all.Take(n), data.Take(n).Read());
            Assert.Equal(all.Skip(n), data.Skip(n).Read());
            Assert.Equal(Math.Min(n, count), data.Take(n).Cardinality);
            Assert.Equal(Math.Max(count - n, 0), data.Skip(n).Cardinality);
            Assert.Equal(all, data.Take(n).Concatenate(data.Skip(n)).Read());
            Assert.Equal(count, data.Take(n).Concatenate(data.Skip(n)).Cardinality);
        });

    [Fact]
    public void Take_asks_its_source_for_no_more_than_it_yields()
    {
        var source = new Probe(10);
        Assert.Equal([0, 1, 2], source.Take(3).Read());
        Assert.Equal((3, 1), (source.Made, source.Disposed));
        Assert.Empty(source.Take(0));
        Assert.Equal(1, source.Started);
    }

    [Fact]
    public void Repeat_gives_every_pass_an_epoch_of_its_own()
    {
        var shuffled = Numbers.UpTo(20).Shuffle(20, seed: 4);
        int[] Passes(params int[] epochs) => [.. epochs.SelectMany(epoch => shuffled.Read(epoch))];
        var repeated = Numbers.UpTo(20).Shuffle(20, seed: 4).Repeat(2);
        Assert.Equal(40, repeated.Cardinality);
        Assert.Equal(Passes(0, 1), repeated.Read());
        Assert.Equal(Passes(2, 3), repeated.Read());
        Assert.Empty(Numbers.UpTo(20).Repeat(0));
    }

    [Fact]
    public void Repeat_without_end_can_be_taken_from()
    {
        var endless = Numbers.UpTo(3).Repeat();
        Assert.Null(endless.Cardinality);
        Assert.Equal([0, 1, 2, 0, 1, 2, 0], endless.Take(7).Read());
        Assert.Equal(7, endless.Map(item => item).Batch(2).Prefetch().Skip(1).Take(7).Cardinality);
        Assert.Empty(Numbers.UpTo(0).Repeat());
        Assert.Equal(0, Numbers.UpTo(0).Repeat().Cardinality);
    }

    [Fact]
    public void Concatenate_reads_the_second_only_after_the_first()
    {
        var second = new Probe(3);
        var both = Numbers.UpTo(2).Concatenate(second);
        Assert.Null(both.Cardinality);
        Assert.Equal([0, 1], both.Take(2).Read());
        Assert.Equal(0, second.Started);
        Assert.Equal([0, 1, 0, 1, 2], both.Read());
    }

    [Fact]
    public void Counts_are_not_negative()
    {
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Numbers.UpTo(1).Take(-1));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Numbers.UpTo(1).Skip(-1));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Numbers.UpTo(1).Repeat(-1));
        _ = Assert.Throws<ArgumentNullException>(() => Numbers.UpTo(1).Concatenate(null!));
    }

    [Fact]
    public void Arrays_are_sliced_along_their_first_axis()
    {
        NDArray x = NDArray.From((3, 2), [1f, 2, 3, 4, 5, 6]);
        var data = Dataset.FromArrays(x, new[] { 7, 8, 9 }, new[] { 0.5f, 1, 2 });
        Assert.Equal(3, data.Cardinality);
        DataItem[] items = [.. data];
        Assert.Equal([3f, 4f], items[1].X.ToFloats());
        Assert.Equal([2], items[1].X.Shape);
        Assert.Equal([8], items[1].Y.AsSpan<int>().ToArray());
        Assert.Equal(Shape.Scalar, items[1].Y.Shape);
        Assert.Equal([2f], items[2].SampleWeight!.ToFloats());
        DataItem batch = data.Batch(3).Single();
        Assert.Equal(x.ToFloats(), batch.X.ToFloats());
        Assert.Equal([0.5f, 1, 2], batch.SampleWeight!.ToFloats());
    }

    [Fact]
    public void Arrays_of_different_lengths_are_refused()
    {
        var y = Assert.Throws<ShapeMismatchException>(() => Dataset.FromArrays(new NDArray((3, 2)), new NDArray((4, 2))));
        Assert.Equal("y must have the 3 entries of x along its first axis, got [4, 2]", y.Message);
        var weight = Assert.Throws<ShapeMismatchException>(
            () => Dataset.FromArrays(new NDArray(3), new NDArray(3), new NDArray(Shape.Scalar)));
        Assert.StartsWith("sampleWeight", weight.Message, StringComparison.Ordinal);
        _ = Assert.Throws<ShapeMismatchException>(() => Dataset.FromArrays(new NDArray(Shape.Scalar), new NDArray(3)));
    }

    [Fact]
    public void The_length_of_a_sequence_is_known_when_it_is_a_collection()
    {
        static IEnumerable<DataItem> Some()
        {
            yield return Numbers.Item(0);
        }

        Assert.Null(Dataset.From(Some()).Cardinality);
        Assert.Null(Dataset.From(Some()).Batch(2).Shuffle(2, seed: 1).Take(3).Cardinality);
        Assert.Equal(2, Dataset.From(new List<DataItem> { Numbers.Item(0), Numbers.Item(1) }).Cardinality);
        IDataSource source = Numbers.UpTo(4).Batch(2);
        Assert.Equal(2, Dataset.From(source).Cardinality);
    }
}
