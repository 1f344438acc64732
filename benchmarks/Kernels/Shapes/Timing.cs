using System.Diagnostics;

namespace Numerics.Benchmarks.Kernels.Shapes;

/// <summary>
/// The time of something short, on a machine that others use too: the fastest of many runs, because what disturbs a run only
/// makes it longer.
/// </summary>
internal static class Timing
{
    private const int LeastRuns = 5;
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(0.1);

    /// <summary>Milliseconds of the fastest run.</summary>
    public static double Fastest(Action run)
    {
        run();
        run();
        double fastest = double.PositiveInfinity;
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < LeastRuns || Stopwatch.GetElapsedTime(begin) < s_budget; i++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return fastest;
    }
}
