using System.Diagnostics;
using Numerics.Nn;

namespace Numerics.Samples.CatsVsDogs.Benchmark;

/// <summary>Notes the time from the end of one batch to the end of the next: what a step costs within <c>Fit</c>.</summary>
internal sealed class BatchClock : Callback
{
    private readonly List<double> _times = [];
    private long _last;

    /// <summary>Milliseconds of each batch but the first.</summary>
    public IReadOnlyList<double> Times => _times;

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, IReadOnlyDictionary<string, double> logs)
    {
        long now = Stopwatch.GetTimestamp();
        if (batch > 0)
            _times.Add(Stopwatch.GetElapsedTime(_last, now).TotalMilliseconds);
        _last = now;
    }
}
