using CsCheck;
using Numerics.Tensors;

namespace Numerics.Data.Tests;

public class CombinatorTests
{
    [Fact]
    public void Filter_keeps_what_the_predicate_holds_for()
    {
        Dataset even = Numbers.UpTo(10).Filter(item => Numbers.Value(item) % 2 == 0);
        Assert.Equal([0, 2, 4, 6, 8], even.Read());
        Assert.Null(even.Cardinality);
        Assert.Empty(Numbers.UpTo(5).Filter(_ => false));
        Assert.Equal(0, Numbers.UpTo(0).Filter(_ => true).Cardinality);
        _ = Assert.Throws<ArgumentNullException>(() => even.Filter(null!));
    }

    [Fact]
    public void Shards_part_the_items()
    {
        Gen.Select(Gen.Int[0, 30], Gen.Int[1, 7]).Sample((count, shards) =>
        {
            Dataset[] parts = [.. Enumerable.Range(0, shards).Select(i => Numbers.UpTo(count).Shard(shards, i))];
            for (int i = 0; i < shards; i++)
            {
                int[] expected = [.. Enumerable.Range(0, count).Where(n => n % shards == i)];
                Assert.Equal(expected, parts[i].Read());
                Assert.Equal(expected.Length, parts[i].Cardinality);
            }
        });
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Numbers.UpTo(3).Shard(2, 2));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Numbers.UpTo(3).Shard(0, 0));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Numbers.UpTo(3).Shard(2, -1));
    }

    [Fact]
    public void Zip_makes_one_item_of_two_as_long_as_both_last()
    {
        static DataItem Sum(DataItem a, DataItem b) => Numbers.Item(Numbers.Value(a) + (100 * Numbers.Value(b)));
        Dataset zipped = Numbers.UpTo(5).Zip(Numbers.UpTo(3), Sum);
        Assert.Equal([0, 101, 202], zipped.Read());
        Assert.Equal(3, zipped.Cardinality);
        Assert.Equal([0, 101, 202, 3, 104], Numbers.UpTo(5).Zip(Numbers.UpTo(3).Repeat(), Sum).Read());
        Assert.Equal(5, Numbers.UpTo(5).Zip(Numbers.UpTo(3).Repeat(), Sum).Cardinality);
        Assert.Null(Numbers.UpTo(5).Zip(new Probe(2), Sum).Cardinality);
    }

    [Fact]
    public void Interleave_takes_turns_as_tf_data_does()
    {
        // The example of tf.data.Dataset.interleave's documentation.
        Dataset data = Numbers.UpTo(6).Skip(1).Interleave(item => Numbers.UpTo(6).Map(_ => item), cycleLength: 2, blockLength: 4);
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 3, 3, 4, 4, 5, 5, 5, 5, 5, 5], data.Read());
        Assert.Equal([0, 0, 1, 0, 1, 2], Numbers.UpTo(3).Interleave(item => Numbers.UpTo(Numbers.Value(item) + 1), cycleLength: 1).Read());
        Assert.Empty(Numbers.UpTo(0).Interleave(_ => Numbers.UpTo(3), 2));
        Assert.Empty(Numbers.UpTo(4).Interleave(_ => Numbers.UpTo(0), 3));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Numbers.UpTo(1).Interleave(_ => Numbers.UpTo(1), 0));
    }

    [Fact]
    public void Interleave_gives_back_all_that_it_opened()
    {
        var opened = new List<Probe>();
        Dataset data = Numbers.UpTo(9).Interleave(
            _ =>
            {
                opened.Add(new Probe(5));
                return opened[^1];
            },
            cycleLength: 3);
        Assert.Equal(7, data.Take(7).Count());
        Assert.Equal(3, opened.Count);
        Assert.All(opened, probe => Assert.Equal((1, 1), (probe.Started, probe.Disposed)));
    }

    [Fact]
    public void Interleave_loses_nothing_whatever_the_lengths()
    {
        Gen.Select(Gen.Int[0, 5].Array[0, 8], Gen.Int[1, 4], Gen.Int[1, 3]).Sample((lengths, cycle, block) =>
        {
            Dataset data = Numbers.UpTo(lengths.Length).Interleave(
                item => Numbers.UpTo(lengths[Numbers.Value(item)]).Map(inner => Numbers.Item((10 * Numbers.Value(item)) + Numbers.Value(inner))), cycle, block);
            int[] read = data.Read();
            IEnumerable<int> Of(int i) => read.Where(n => n / 10 == i);
            for (int i = 0; i < lengths.Length; i++)
                Assert.Equal(Enumerable.Range(10 * i, lengths[i]), Of(i));
        });
    }

    [Fact]
    public void A_function_of_chance_depends_on_seed_epoch_and_index_alone()
    {
        static DataItem Drawn(DataItem item, RandomKey key) => new(new[] { (float)(key.Seed ^ key.Stream), item.X.ToFloats()[0] }, item.Y);
        float[][] Values(Dataset data, long epoch)
        {
            var values = new List<float[]>();
            using var items = data.Enumerate(epoch);
            while (items.MoveNext())
                values.Add(items.Current.X.ToFloats());
            return [.. values];
        }

        Dataset one = Numbers.UpTo(50).Map(Drawn, seed: 3), many = Numbers.UpTo(50).Map(Drawn, seed: 3, parallelism: 4);
        Assert.Equal(Values(one, 2), Values(many, 2));
        Assert.Equal(Values(one, 2), Values(Numbers.UpTo(50).Map(Drawn, seed: 3, parallelism: Dataset.AutoTune), 2));
        Assert.NotEqual(Values(one, 2), Values(one, 3));
        Assert.NotEqual(Values(one, 2), Values(Numbers.UpTo(50).Map(Drawn, seed: 4), 2));
        Assert.Equal(50, Values(one, 0).Select(value => value[0]).Distinct().Count());

        // By index too: in whatever order items are taken, each has its own number.
        var x = NDArray.From((50, 1), [.. Enumerable.Range(0, 50).Select(i => (float)i)]);
        Dataset indexed = Dataset.FromArrays(x, x).Map(Drawn, seed: 3);
        Assert.Equal(
            Values(indexed, 1).OrderBy(value => value[1]).Select(value => value[0]),
            Values(indexed.Shuffle(seed: 9), 1).OrderBy(value => value[1]).Select(value => value[0]));
    }

    [Fact]
    public void Without_an_order_all_items_come_as_they_are_finished()
    {
        using var gate = new ManualResetEventSlim();
        Dataset data = Numbers.UpTo(40).Map(
            item =>
            {
                if (Numbers.Value(item) == 0)
                    Assert.True(gate.Wait(TimeSpan.FromSeconds(30)));
                return item;
            },
            parallelism: 2, deterministic: false);
        var seen = new List<int>();
        foreach (DataItem item in data)
        {
            seen.Add(Numbers.Value(item));
            gate.Set();
        }

        Assert.NotEqual(0, seen[0]);
        Assert.Equal(Enumerable.Range(0, 40), seen.Order());
        var failing = Numbers.UpTo(40).Map(item => Numbers.Value(item) == 7 ? throw new FormatException("seven") : item, parallelism: 3, deterministic: false);
        Assert.Equal("seven", Assert.Throws<FormatException>(() => failing.Count()).Message);
    }

    [Fact]
    public void Auto_tune_starts_threads_only_while_the_consumer_waits()
    {
        var threads = new HashSet<int>();
        Dataset Data(int milliseconds) => Numbers.UpTo(60).Map(
            item =>
            {
                lock (threads)
                    _ = threads.Add(Environment.CurrentManagedThreadId);
                Thread.Sleep(milliseconds);
                return item;
            },
            Dataset.AutoTune);
        Assert.Equal(Enumerable.Range(0, 60), Data(3).Read());
        Assert.Equal(Environment.ProcessorCount, threads.Count);
        threads.Clear();
        foreach (DataItem _ in Data(0))
            Thread.Sleep(5);
        Assert.InRange(threads.Count, 1, Environment.ProcessorCount);
    }

    [Fact]
    public void Cancelling_ends_the_waiting_for_an_item_that_does_not_come()
    {
        using var cancellation = new CancellationTokenSource();
        using var gate = new ManualResetEventSlim();
        Dataset data = Numbers.UpTo(5).Map(item =>
        {
            if (Numbers.Value(item) == 2)
                gate.Wait();
            return item;
        }).WithCancellation(cancellation.Token);
        using var items = data.GetEnumerator();
        Assert.True(items.MoveNext() && items.MoveNext());
        cancellation.CancelAfter(20);
        _ = Assert.Throws<OperationCanceledException>(() => items.MoveNext());
        gate.Set();
        _ = Assert.Throws<OperationCanceledException>(() => items.MoveNext());
    }

    [Fact]
    public void Cancelling_before_the_start_or_never_does_what_it_says()
    {
        Assert.Equal([0, 1, 2], Numbers.UpTo(3).WithCancellation(CancellationToken.None).Read());
        var source = new Probe(3);
        _ = Assert.Throws<OperationCanceledException>(() => source.WithCancellation(new CancellationToken(canceled: true)).Count());
        Assert.Equal(0, source.Started);
    }

    [Fact]
    public void A_full_shuffle_is_a_permutation_that_every_epoch_has_of_its_own()
    {
        foreach (Dataset source in (Dataset[])[Numbers.UpTo(100), Indexed(100), Indexed(100).Cache(), new Probe(100)])
        {
            Dataset data = source.Shuffle(seed: 5);
            int[] first = data.Read(0), second = data.Read(1);
            Assert.Equal(Enumerable.Range(0, 100), first.Order());
            Assert.NotEqual(first, second);
            Assert.Equal(first, data.Read(0));
            Assert.Equal(Numbers.UpTo(100).Shuffle(100, seed: 5).Read(0), first);
        }
    }

    [Fact]
    public void Every_place_of_a_full_shuffle_gets_every_item_equally_often()
    {
        const int Items = 5, Epochs = 6000;
        var counts = new int[Items, Items];
        Dataset data = Indexed(Items).Shuffle(seed: 8);
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            int[] order = data.Read(epoch);
            for (int place = 0; place < Items; place++)
                counts[place, order[place]]++;
        }

        // Binomial with p = 1/5: standard deviation 31.
        Assert.All(counts.Cast<int>(), count => Assert.InRange(count, 1200 - 190, 1200 + 190));
    }

    [Fact]
    public void By_index_a_shuffle_makes_no_item_before_it_yields_it()
    {
        int made = 0;
        Dataset data = Indexed(1000).Map(item =>
        {
            made++;
            return item;
        }).Cache().Shuffle(500, seed: 1);
        using (var items = data.Enumerate(0))
        {
            Assert.True(items.MoveNext() && items.MoveNext());
            Assert.Equal(2, made);
        }

        // What an abandoned enumeration made stays in the cache.
        Assert.Equal(1000, data.Read(0).Length);
        Assert.Equal(1000, data.Read(1).Length);
        Assert.Equal(1000, made);
    }

    [Fact]
    public void A_stratified_split_takes_the_part_of_each_class()
    {
        Gen.Select(Gen.Int[0, 3].Array[1, 60], Gen.Double[0, 1], Gen.Bool).Sample((labels, fraction, isDrawn) =>
        {
            var x = NDArray.From((labels.Length, 1), [.. Enumerable.Range(0, labels.Length).Select(i => (float)i)]);
            Dataset[] forms =
            [
                Dataset.FromArrays(x, NDArray.From((labels.Length, 1), labels)),
                Dataset.FromArrays(x, NDArray.From((labels.Length, 4), [.. labels.SelectMany(label => Enumerable.Range(0, 4).Select(i => i == label ? 1f : 0))])),
                Dataset.FromArrays(x, NDArray.From((labels.Length, 1), [.. labels.Select(label => (float)label)])),
            ];
            int[]? first = null;
            foreach (Dataset data in forms)
            {
                var (train, validation) = data.Split(fraction, isDrawn ? 4UL : null, stratified: true);
                int[] held = validation.Read(), all = [.. held, .. train.Read()];
                Assert.Equal(Enumerable.Range(0, labels.Length), all.Order());
                Assert.Equal((int)(labels.Length * fraction), held.Length);
                Assert.Equal(held, held.Order());
                for (int label = 0; label < 4; label++)
                {
                    double exact = labels.Count(other => other == label) * fraction;
                    Assert.InRange(held.Count(i => labels[i] == label), (int)exact, (int)exact + 1);
                }

                Assert.Equal(first ??= held, held);
            }
        });
    }

    private static Dataset Indexed(int count)
    {
        var x = NDArray.From((count, 1), [.. Enumerable.Range(0, count).Select(i => (float)i)]);
        return Dataset.FromArrays(x, x);
    }
}
