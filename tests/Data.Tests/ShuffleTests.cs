using CsCheck;
using Numerics.Tensors;

namespace Numerics.Data.Tests;

public class ShuffleTests
{
    [Fact]
    public void Every_item_comes_once_and_none_earlier_than_the_buffer_allows() =>
        Gen.Select(Gen.Int[0, 200], Gen.Int[1, 250], Gen.ULong, Gen.Long[0, 5]).Sample((count, buffer, seed, epoch) =>
        {
            int[] order = Numbers.UpTo(count).Shuffle(buffer, seed).Read(epoch);
            Assert.Equal(Enumerable.Range(0, count), order.Order());

            // At the k-th draw the buffer has seen the first k + buffer items and no more.
            for (int k = 0; k < count; k++)
                Assert.True(order[k] < k + buffer, $"item {order[k]} came at {k} from a buffer of {buffer}");
        });

    [Fact]
    public void A_buffer_of_one_changes_nothing() =>
        Assert.Equal(Enumerable.Range(0, 50), Numbers.UpTo(50).Shuffle(1, seed: 3).Read());

    [Fact]
    public void The_seed_and_the_epoch_determine_the_order()
    {
        var first = Numbers.UpTo(100).Shuffle(40, seed: 7);
        var second = Numbers.UpTo(100).Shuffle(40, seed: 7);
        int[] epoch0 = first.Read(), epoch1 = first.Read(), epoch2 = first.Read();
        Assert.NotEqual(epoch0, epoch1);
        Assert.NotEqual(epoch1, epoch2);
        Assert.Equal(epoch0, second.Read());
        Assert.Equal(epoch1, second.Read());
        Assert.NotEqual(epoch0, Numbers.UpTo(100).Shuffle(40, seed: 8).Read());
    }

    [Fact]
    public void A_pipeline_restarts_at_any_epoch()
    {
        Dataset Pipeline() => Numbers.UpTo(60).Shuffle(20, seed: 5).Map(item => item, 3).Shuffle(10, seed: 6).Prefetch();
        var whole = Pipeline();
        int[][] epochs = [whole.Read(), whole.Read(), whole.Read(), whole.Read()];
        Assert.Equal(4, whole.Epoch);
        var resumed = Pipeline();
        resumed.Epoch = 2;
        Assert.Equal(epochs[2], resumed.Read());
        Assert.Equal(epochs[3], resumed.Read());
        Assert.Equal(epochs[1], resumed.Read(epoch: 1));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => resumed.Epoch = -1);
    }

    [Fact]
    public void An_abandoned_epoch_counts()
    {
        var data = Numbers.UpTo(60).Shuffle(60, seed: 5);
        int[] epoch1 = Numbers.UpTo(60).Shuffle(60, seed: 5).Read(epoch: 1);
        _ = data.First();
        Assert.Equal(epoch1, data.Read());
    }

    [Fact]
    public void Without_reshuffling_every_epoch_has_the_order_of_the_first()
    {
        var data = Numbers.UpTo(100).Shuffle(100, seed: 7, reshuffleEachIteration: false);
        int[] epoch0 = data.Read();
        Assert.Equal(epoch0, data.Read());
        Assert.Equal(epoch0, Numbers.UpTo(100).Shuffle(100, seed: 7).Read(epoch: 0));
    }

    [Fact]
    public void The_order_does_not_depend_on_the_parallelism_around_it()
    {
        int[] Order(int parallelism) =>
            Numbers.UpTo(200).Map(item => item, parallelism).Shuffle(50, seed: 9).Map(item => item, parallelism).Read();
        int[] alone = Order(1);
        Assert.Equal(alone, Order(2));
        Assert.Equal(alone, Order(7));
    }

    [Fact]
    public void Every_order_of_four_items_is_as_likely_as_any_other()
    {
        const int Draws = 24_000;
        var data = Numbers.UpTo(4).Shuffle(4, seed: 11);
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < Draws; i++)
        {
            string order = string.Join(",", data.Read());
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        // Chi-squared with 23 degrees of freedom: 49.7 is passed once in a thousand seeds; this seed is fixed.
        double expected = Draws / 24.0;
        Assert.Equal(24, counts.Count);
        Assert.InRange(counts.Values.Sum(n => (n - expected) * (n - expected) / expected), 0, 49.7);
    }

    [Fact]
    public void Without_a_seed_the_default_generator_gives_one()
    {
        RandomGenerator.SetSeed(123);
        int[] first = Numbers.UpTo(50).Shuffle(50).Read(), second = Numbers.UpTo(50).Shuffle(50).Read();
        RandomGenerator.SetSeed(123);
        Assert.Equal(first, Numbers.UpTo(50).Shuffle(50).Read());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void It_is_lazy_and_knows_its_length()
    {
        var source = new Probe(10);
        var shuffled = source.Shuffle(5, seed: 1);
        using (var items = shuffled.GetEnumerator())
            Assert.Equal(0, source.Made);
        Assert.Null(shuffled.Cardinality);
        Assert.Equal(8, Numbers.UpTo(8).Shuffle(3, seed: 1).Cardinality);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => source.Shuffle(0, seed: 1));
    }
}
