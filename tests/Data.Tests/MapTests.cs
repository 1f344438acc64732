using CsCheck;
using Numerics.Tensors;

namespace Numerics.Data.Tests;

public class MapTests
{
    [Fact]
    public void Order_is_kept_for_any_parallelism_and_any_delay() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[1, 8], Gen.Int[0, 3].Array[60]).Sample(
            (count, parallelism, delays) =>
            {
                var mapped = Numbers.UpTo(count).Map(
                    item =>
                    {
                        Thread.Sleep(delays[Numbers.Value(item)] == 3 ? 1 : 0);
                        return Numbers.Item(Numbers.Value(item) * 2);
                    },
                    parallelism);
                Assert.Equal(Enumerable.Range(0, count).Select(i => i * 2), mapped.Read());
                Assert.Equal(count, mapped.Cardinality);
            },
            iter: 40, threads: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Nothing_happens_before_the_first_step(int parallelism)
    {
        var source = new Probe(10);
        int calls = 0;
        var mapped = source.Map(
            item =>
            {
                _ = Interlocked.Increment(ref calls);
                return item;
            },
            parallelism);
        using (var items = mapped.GetEnumerator())
            Assert.Equal((0, 0), (source.Made, calls));
        Assert.Equal(10, mapped.Count());
        Assert.Equal(10, mapped.Count());
        Assert.Equal(20, calls);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_exception_of_the_function_comes_in_its_place_with_its_stack(int parallelism)
    {
        var source = new Probe(1000);
        var mapped = source.Map(item => Numbers.Value(item) == 5 ? Explode() : item, parallelism);
        var seen = new List<int>();
        var error = Assert.Throws<FormatException>(() =>
        {
            foreach (DataItem item in mapped)
                seen.Add(Numbers.Value(item));
        });
        Assert.Equal([0, 1, 2, 3, 4], seen);
        Assert.Contains(nameof(Explode), error.StackTrace, StringComparison.Ordinal);
        Assert.Equal(1, source.Disposed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_exception_of_the_source_comes_in_its_place(int parallelism)
    {
        var mapped = new Probe(10, failAt: 7).Map(item => item, parallelism);
        var seen = new List<int>();
        _ = Assert.Throws<FormatException>(() =>
        {
            foreach (DataItem item in mapped)
                seen.Add(Numbers.Value(item));
        });
        Assert.Equal(Enumerable.Range(0, 7), seen);
    }

    [Fact]
    public void Threads_run_ahead_by_a_bounded_number_of_items_and_end_with_the_enumerator()
    {
        var source = new Probe(100_000);
        int running = 0, most = 0;
        var mapped = source.Map(
            item =>
            {
                int now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                Thread.Yield();
                _ = Interlocked.Decrement(ref running);
                return item;
            },
            parallelism: 3);
        using (var items = mapped.GetEnumerator())
        {
            for (int i = 0; i < 5; i++)
                Assert.True(items.MoveNext());
            Thread.Sleep(50);
            Assert.InRange(source.Made, 5, 5 + (4 * 3));
        }

        int made = source.Made;
        Assert.Equal((0, 1), (running, source.Disposed));
        Assert.InRange(most, 1, 3);
        Thread.Sleep(20);
        Assert.Equal(made, source.Made);
    }

    [Fact]
    public void Disposal_waits_for_the_calls_that_are_running()
    {
        int running = 0;
        using var entered = new ManualResetEventSlim();
        var items = Numbers.UpTo(2).Map(
            item =>
            {
                if (Numbers.Value(item) == 0)
                    return item;
                _ = Interlocked.Increment(ref running);
                entered.Set();
                Thread.Sleep(100);
                _ = Interlocked.Decrement(ref running);
                return item;
            },
            parallelism: 2).GetEnumerator();
        Assert.True(items.MoveNext());
        Assert.True(entered.Wait(TimeSpan.FromSeconds(30)), "the second call did not start");
        items.Dispose();
        Assert.Equal(0, Volatile.Read(ref running));
    }

    [Fact]
    public void Functions_do_run_at_the_same_time()
    {
        using var meeting = new Barrier(3);
        var mapped = Numbers.UpTo(3).Map(
            item =>
            {
                Assert.True(meeting.SignalAndWait(TimeSpan.FromSeconds(30)), "the calls did not meet");
                return item;
            },
            parallelism: 3);
        Assert.Equal([0, 1, 2], mapped.Read());
    }

    [Fact]
    public void A_disposed_enumerator_has_no_more_items()
    {
        var items = Numbers.UpTo(5).Map(item => item, parallelism: 2).GetEnumerator();
        Assert.True(items.MoveNext());
        items.Dispose();
        items.Dispose();
        Assert.False(items.MoveNext());
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        _ = Assert.Throws<ArgumentNullException>(() => Numbers.UpTo(1).Map((Func<DataItem, DataItem>)null!));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Numbers.UpTo(1).Map(item => item, parallelism: 0));
    }

    private static DataItem Explode() => throw new FormatException("the function fails");

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
            _ = Interlocked.CompareExchange(ref target, value, seen);
    }
}
