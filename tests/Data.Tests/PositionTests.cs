using CsCheck;
using Numerics.Tensors;

namespace Numerics.Data.Tests;

public class PositionTests
{
    [Fact]
    public void It_counts_what_was_taken_and_turns_to_the_next_epoch_at_the_end()
    {
        Dataset data = Numbers.UpTo(5).Batch(2).Prefetch(2);
        Assert.Equal(new DataPosition(0, 0), data.Position);
        using (var batches = data.GetEnumerator())
        {
            Assert.True(batches.MoveNext());
            Assert.Equal(new DataPosition(0, 1), data.Position);
            Assert.True(batches.MoveNext() && batches.MoveNext());
            Assert.Equal(new DataPosition(0, 3), data.Position);
            Assert.False(batches.MoveNext());
            Assert.Equal(new DataPosition(1, 0), data.Position);
        }

        using (var batches = data.GetEnumerator())
            Assert.True(batches.MoveNext() && batches.MoveNext());
        Assert.Equal((new DataPosition(1, 2), 2L), (data.Position, data.Epoch));
    }

    [Fact]
    public void An_older_enumeration_does_not_move_it()
    {
        Dataset data = Numbers.UpTo(9);
        using var older = data.GetEnumerator();
        using var newer = data.GetEnumerator();
        Assert.True(newer.MoveNext());
        Assert.True(older.MoveNext() && older.MoveNext());
        Assert.Equal(new DataPosition(1, 1), data.Position);
        data.Position = new DataPosition(7, 2);
        Assert.True(newer.MoveNext());
        Assert.Equal(new DataPosition(7, 2), data.Position);
        Assert.Equal(7, data.Epoch);
    }

    [Fact]
    public void A_run_that_goes_on_elsewhere_sees_what_it_would_have_seen()
    {
        Func<Dataset>[] pipelines =
        [
            () => Numbers.UpTo(23).Shuffle(7, seed: 3).Batch(4).Prefetch(),
            () => Numbers.UpTo(23).Shuffle(30, seed: 3).Map(item => item, parallelism: 3).Batch(4, dropRemainder: true),
            () => Numbers.UpTo(23).Cache().Shuffle(5, seed: 3).Skip(2).Take(11).Prefetch(3),
            () => Numbers.UpTo(7).Shuffle(7, seed: 1).Repeat(3).Concatenate(Numbers.UpTo(2)).Batch(3),
            () => new Probe(19).Skip(3).Cache().Batch(2),
        ];
        Gen.Select(Gen.Int[0, pipelines.Length - 1], Gen.Int[0, 3], Gen.Int[0, 30]).Sample(
            (which, epoch, taken) =>
            {
                Dataset whole = pipelines[which](), resumed = pipelines[which]();
                whole.Epoch = epoch;
                using var first = whole.GetEnumerator();
                for (int i = 0; i < taken && first.MoveNext(); i++)
                    continue;
                DataPosition saved = whole.Position;
                var rest = new List<string>();
                while (first.MoveNext())
                    rest.Add(Show(first.Current));
                rest.AddRange(whole.Select(Show));

                resumed.Position = saved;
                List<string> seen = [.. resumed.Select(Show)];
                if (saved.Epoch == epoch)
                    seen.AddRange(resumed.Select(Show));
                Assert.Equal(rest, seen);
            },
            iter: 200);
    }

    [Fact]
    public void What_was_taken_is_not_made_again_where_that_can_be_known()
    {
        int made = 0;
        Dataset data = Numbers.UpTo(100).Map(item =>
        {
            made++;
            return item;
        }).Batch(10).Take(8);
        data.Position = new DataPosition(4, 7);
        Assert.Equal([70], data.Read());
        Assert.Equal(10, made);
    }

    [Fact]
    public void Negative_positions_are_refused()
    {
        Dataset data = Numbers.UpTo(3);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => data.Position = new DataPosition(-1, 0));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => data.Position = new DataPosition(0, -1));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => data.Epoch = -1);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new Probe(3).Enumerate(0, -1));
    }

    private static string Show(DataItem item) => string.Join(",", item.X.ToFloats());
}
