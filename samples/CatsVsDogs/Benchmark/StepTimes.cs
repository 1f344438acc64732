using System.Diagnostics;

namespace Numerics.Samples.CatsVsDogs.Benchmark;

/// <summary>How long a step took, over some.</summary>
/// <param name="Median">Milliseconds of the median step.</param>
/// <param name="Fastest">Milliseconds of the fastest step.</param>
internal sealed record StepTimes(double Median, double Fastest)
{
    /// <summary>How many steps come first that are not counted: the code is compiled and the memory pool filled in these.</summary>
    public const int WarmUpSteps = 5;

    /// <summary>Times a step, after <see cref="WarmUpSteps"/>.</summary>
    /// <param name="steps">How many are counted.</param>
    /// <param name="step">The step.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    public static StepTimes Measure(int steps, Action step, CancellationToken cancellationToken)
    {
        double[] times = new double[steps];
        for (int i = -WarmUpSteps; i < steps; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            step();
            if (i >= 0)
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return Of(times);
    }

    /// <summary>The median and the least of some times, in milliseconds.</summary>
    public static StepTimes Of(IEnumerable<double> times)
    {
        double[] sorted = [.. times.Order()];
        return new StepTimes((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[0]);
    }
}
