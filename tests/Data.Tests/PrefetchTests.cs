using Numerics.Tensors;

namespace Numerics.Data.Tests;

public class PrefetchTests
{
    [Fact]
    public void Items_come_in_order_every_time()
    {
        var data = Numbers.UpTo(100).Prefetch(3);
        Assert.Equal(100, data.Cardinality);
        Assert.Equal(Enumerable.Range(0, 100), data.Read());
        Assert.Equal(Enumerable.Range(0, 100), data.Read());
        Assert.Empty(Numbers.UpTo(0).Prefetch());
    }

    [Fact]
    public void Items_are_made_ahead_on_another_thread_up_to_the_bound()
    {
        var source = new Probe(1000);
        var threads = new HashSet<int>();
        var data = source.Map(
            item =>
            {
                lock (threads)
                    _ = threads.Add(Environment.CurrentManagedThreadId);
                return item;
            }).Prefetch(4);
        using (var items = data.GetEnumerator())
        {
            Assert.Equal(0, source.Started);
            Assert.True(items.MoveNext());
            Assert.True(SpinWait.SpinUntil(() => source.Made == 5, TimeSpan.FromSeconds(30)), "nothing was made ahead");
            Thread.Sleep(30);
            Assert.Equal(5, source.Made);
        }

        Assert.DoesNotContain(Environment.CurrentManagedThreadId, threads);
        _ = Assert.Single(threads);
        Assert.Equal(1, source.Disposed);
    }

    [Fact]
    public void An_exception_reaches_the_consumer_in_its_place_with_its_stack()
    {
        var source = new Probe(10, failAt: 4);
        var seen = new List<int>();
        var error = Assert.Throws<FormatException>(() =>
        {
            foreach (DataItem item in source.Prefetch(8))
                seen.Add(Numbers.Value(item));
        });
        Assert.Equal([0, 1, 2, 3], seen);
        Assert.Contains("Probe.Fail", error.StackTrace, StringComparison.Ordinal);
        Assert.Equal(1, source.Disposed);
    }

    [Fact]
    public void Pipelines_that_are_abandoned_leave_no_thread_behind()
    {
        var alive = new List<WeakReference<Thread>>();
        for (int round = 0; round < 20; round++)
        {
            var source = new Probe(100_000);
            var data = source.Map(
                item =>
                {
                    lock (alive)
                        alive.Add(new WeakReference<Thread>(Thread.CurrentThread));
                    return item;
                },
                parallelism: 3).Shuffle(10, seed: 1).Batch(4).Prefetch().Repeat();
            Assert.Equal(5, data.Take(5).Count());
            Assert.Equal((1, 1), (source.Started, source.Disposed));
        }

        Assert.NotEmpty(alive);
        Assert.DoesNotContain(alive, thread => thread.TryGetTarget(out Thread? target) && target.IsAlive);
    }

    [Fact]
    public void A_count_below_one_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbers.UpTo(1).Prefetch(0));
}
