using CsCheck;
using Numerics.Tensors;

namespace Numerics.Data.Tests;

public class SplitTests
{
    [Fact]
    public void The_parts_have_no_item_in_common_and_together_all() =>
        Gen.Select(Gen.Int[0, 80], Gen.Double[0, 1], Gen.ULong.Nullable()).Sample((count, fraction, seed) =>
        {
            var (train, validation) = Numbers.UpTo(count).Split(fraction, seed);
            int[] first = train.Read(), second = validation.Read();
            Assert.Equal((int)(count * fraction), second.Length);
            Assert.Equal(Enumerable.Range(0, count), first.Concat(second).Order());
            Assert.Equal((first.Length, second.Length), (train.Cardinality!.Value, validation.Cardinality!.Value));
            Assert.Equal(first.Order(), first);
            Assert.Equal(second.Order(), second);
        });

    [Fact]
    public void Without_a_seed_the_last_items_are_held_out()
    {
        var (train, validation) = Numbers.UpTo(10).Split(0.3);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], train.Read());
        Assert.Equal([7, 8, 9], validation.Read());
    }

    [Fact]
    public void The_seed_chooses_the_items()
    {
        int[] Held(ulong seed) => Numbers.UpTo(100).Split(0.2, seed).Validation.Read();
        Assert.Equal(Held(1), Held(1));
        Assert.NotEqual(Held(1), Held(2));
    }

    [Fact]
    public void A_split_that_would_leak_or_cannot_count_is_refused()
    {
        var shuffled = Numbers.UpTo(10).Shuffle(10, seed: 1);
        _ = Assert.Throws<InvalidOperationException>(() => shuffled.Batch(2).Prefetch().Split(0.5));
        _ = Assert.Throws<InvalidOperationException>(() => new Probe(10).Split(0.5));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Numbers.UpTo(10).Split(1.5));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Numbers.UpTo(10).Split(double.NaN));
        Assert.Equal(5, shuffled.Cache().Split(0.5).Train.Count());
        Assert.Equal(5, Numbers.UpTo(10).Shuffle(10, 1, reshuffleEachIteration: false).Split(0.5).Train.Count());
    }
}
