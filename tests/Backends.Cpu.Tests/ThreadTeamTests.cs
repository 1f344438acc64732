namespace Numerics.Backends.Cpu.Tests;

/// <summary>Every shard runs once, errors reach the caller, and callers do not get into each other's way.</summary>
public sealed unsafe class ThreadTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_shard_runs_exactly_once(int threads)
    {
        using var team = new ThreadTeam(threads);
        Assert.Equal(threads, team.Threads);
        foreach (int shards in new[] { 0, 1, 2, 3, 64, 1000 })
        {
            int[] runs = new int[shards + 1];
            fixed (int* counts = runs)
            {
                for (int job = 0; job < 50; job++)
                    team.Run(new CountRuns(counts), shards);
            }

            Assert.All(runs[..shards], count => Assert.Equal(50, count));
            Assert.Equal(0, runs[shards]);
        }
    }

    [Fact]
    public void Workers_that_slept_wake_up_for_the_next_job()
    {
        using var team = new ThreadTeam(3);
        int[] runs = new int[100];
        fixed (int* counts = runs)
        {
            for (int job = 0; job < 3; job++)
            {
                team.Run(new CountRuns(counts), runs.Length);
                Thread.Sleep(50);
            }
        }

        Assert.All(runs, count => Assert.Equal(3, count));
    }

    [Fact]
    public void All_threads_take_part_in_a_long_job()
    {
        using var team = new ThreadTeam(3);
        int arrived = 0;
        int* numbers = stackalloc int[3];

        // Each shard waits for the others: only three threads at once can finish this.
        team.Run(new Meet(&arrived, numbers), 3);
        Assert.Equal(3, arrived);
        Assert.Equal([0, 1, 2], new Span<int>(numbers, 3).ToArray().Order());
        Assert.Equal(0, ThreadTeam.Current);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_exception_reaches_the_caller_and_the_team_survives(int threads)
    {
        using var team = new ThreadTeam(threads);
        int[] runs = new int[40];
        fixed (int* counts = runs)
        {
            for (int round = 0; round < 20; round++)
            {
                nint address = (nint)counts;
                var error = Assert.Throws<InvalidOperationException>(() => team.Run(new FailAt((int*)address, 7), 40));
                Assert.Equal("shard 7", error.Message);
            }

            Assert.All(runs, count => Assert.InRange(count, 0, 20));
            runs.AsSpan().Clear();
            team.Run(new CountRuns(counts), 40);
        }

        Assert.All(runs, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Two_callers_get_their_own_jobs_done()
    {
        using var team = new ThreadTeam(3);
        int[][] runs = [new int[97], new int[131]];
        Thread[] callers = [.. runs.Select(counts => new Thread(() =>
        {
            fixed (int* pointer = counts)
            {
                for (int job = 0; job < 500; job++)
                    team.Run(new CountRuns(pointer), counts.Length);
            }
        }))];
        foreach (Thread caller in callers)
            caller.Start();
        foreach (Thread caller in callers)
            caller.Join();
        Assert.All(runs.SelectMany(counts => counts), count => Assert.Equal(500, count));
    }

    [Fact]
    public void A_job_allocates_nothing()
    {
        using var team = new ThreadTeam(2);
        int[] runs = new int[64];
        fixed (int* counts = runs)
        {
            team.Run(new CountRuns(counts), 64);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int job = 0; job < 100; job++)
                team.Run(new CountRuns(counts), 64);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void A_team_needs_a_thread() => Assert.Throws<ArgumentOutOfRangeException>(() => new ThreadTeam(0));

    private readonly struct CountRuns(int* counts) : IShardedWork
    {
        public void Run(int shard) => Interlocked.Increment(ref counts[shard]);
    }

    private readonly struct FailAt(int* counts, int failing) : IShardedWork
    {
        public void Run(int shard)
        {
            _ = Interlocked.Increment(ref counts[shard]);
            if (shard == failing)
                throw new InvalidOperationException($"shard {shard}");
        }
    }

    private readonly struct Meet(int* arrived, int* numbers) : IShardedWork
    {
        public void Run(int shard)
        {
            numbers[shard] = ThreadTeam.Current;
            _ = Interlocked.Increment(ref *arrived);
            int* count = arrived;
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref *count) == 3, TimeSpan.FromSeconds(60)));
        }
    }
}
