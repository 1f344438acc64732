using Numerics.Tensors;

namespace Numerics.Data.Tests;

public class CacheTests
{
    [Fact]
    public void The_source_is_read_once_and_the_length_is_known_then()
    {
        var source = new Probe(10);
        var cached = source.Cache();
        Assert.Null(cached.Cardinality);
        Assert.Equal(0, source.Started);
        for (int epoch = 0; epoch < 3; epoch++)
            Assert.Equal(Enumerable.Range(0, 10), cached.Read());
        Assert.Equal((1, 10), (source.Started, source.Made));
        Assert.Equal(10, cached.Cardinality);
    }

    [Fact]
    public void A_fill_that_was_abandoned_leaves_nothing_behind()
    {
        var source = new Probe(10);
        var cached = source.Cache();
        Assert.Equal([0, 1, 2], cached.Take(3).Read());
        Assert.Equal(1, source.Disposed);
        Assert.Null(cached.Cardinality);
        Assert.Equal(10, cached.Count());
        Assert.Equal(10, cached.Count());
        Assert.Equal(2, source.Started);
    }

    [Fact]
    public void A_fill_that_failed_leaves_nothing_behind()
    {
        var cached = new Probe(10, failAt: 9).Cache();
        _ = Assert.Throws<FormatException>(() => cached.Count());
        _ = Assert.Throws<FormatException>(() => cached.Count());
    }

    [Fact]
    public void Two_fills_at_a_time_do_not_mix()
    {
        var cached = new Probe(6).Cache();
        using var first = cached.GetEnumerator();
        using var second = cached.GetEnumerator();
        var seen = new List<int>();
        while (first.MoveNext() && second.MoveNext())
            seen.AddRange([Numbers.Value(first.Current), Numbers.Value(second.Current)]);
        Assert.Equal([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5], seen);
        Assert.Equal(Enumerable.Range(0, 6), cached.Read());
    }

    [Fact]
    public void After_a_shuffle_the_order_of_epoch_0_is_frozen_whichever_epoch_comes_first()
    {
        int[] epoch0 = Numbers.UpTo(40).Shuffle(40, seed: 2).Read(epoch: 0);
        var cached = Numbers.UpTo(40).Shuffle(40, seed: 2).Cache();
        cached.Epoch = 5;
        Assert.Equal(epoch0, cached.Read());
        Assert.Equal(epoch0, cached.Read());
    }

    [Fact]
    public void Before_a_shuffle_every_epoch_has_its_order()
    {
        var data = Numbers.UpTo(40).Cache().Shuffle(40, seed: 2);
        var plain = Numbers.UpTo(40).Shuffle(40, seed: 2);
        Assert.Equal(plain.Read(), data.Read());
        Assert.Equal(plain.Read(), data.Read());
    }
}
