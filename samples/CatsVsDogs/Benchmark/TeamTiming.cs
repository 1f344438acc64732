using System.Diagnostics;

namespace Numerics.Samples.CatsVsDogs.Benchmark;

/// <summary>Times work that several threads do at once.</summary>
internal static class TeamTiming
{
    /// <summary>The shortest time from the first thread's start to the last one's end.</summary>
    /// <param name="threads">How many threads work, the caller's included.</param>
    /// <param name="repetitions">How often to try; other programs can only make a try longer.</param>
    /// <param name="work">What each thread does, given its number from 0.</param>
    /// <returns>Seconds.</returns>
    public static double Fastest(int threads, int repetitions, Action<int> work)
    {
        var (starts, ends) = (new long[threads], new long[threads]);
        double fastest = double.PositiveInfinity;
        using var gate = new Barrier(threads, _ =>
        {
            if (ends[0] != 0)
                fastest = Math.Min(fastest, (ends.Max() - starts.Min()) / (double)Stopwatch.Frequency);
        });
        var others = new Thread[threads - 1];
        for (int i = 0; i < others.Length; i++)
        {
            int number = i + 1;
            others[i] = new Thread(() => Repeat(number)) { IsBackground = true };
            others[i].Start();
        }

        Repeat(0);
        foreach (Thread thread in others)
            thread.Join();
        return fastest;

        // The first pass warms up; no time of it is taken.
        void Repeat(int number)
        {
            work(number);
            for (int i = 0; i < repetitions; i++)
            {
                gate.SignalAndWait();
                starts[number] = Stopwatch.GetTimestamp();
                work(number);
                ends[number] = Stopwatch.GetTimestamp();
            }

            gate.SignalAndWait();
        }
    }
}
