using System.Diagnostics;

namespace Numerics.Samples.CatsVsDogs.Download;

/// <summary>Says now and then how far a download has come: every twentieth, or every 64 MiB where the length is not known.</summary>
/// <param name="output">Where to.</param>
/// <param name="total">The length of the whole, if it is known.</param>
internal sealed class DownloadProgress(TextWriter output, long? total)
{
    private const int Parts = 20;
    private const long Stride = 64 << 20;

    private readonly long _started = Stopwatch.GetTimestamp();
    private long _first = -1;
    private long _next;

    public void Report(long done)
    {
        if (_first < 0)
            (_first, _next) = (done, NextAfter(done));
        if (done < _next)
            return;
        double rate = (done - _first) / Math.Max(Stopwatch.GetElapsedTime(_started).TotalSeconds, 1e-3) / (1 << 20);
        string part = total is { } all ? $"{100.0 * done / all,3:F0} %  {done / 1048576.0:F1} of {all / 1048576.0:F1} MiB" : $"{done / 1048576.0:F1} MiB";
        output.WriteLine($"  {part}  {rate:F1} MiB/s");
        _next = NextAfter(done);
    }

    private long NextAfter(long done) => total is { } all ? Math.Min(((done * Parts / Math.Max(all, 1)) + 1) * all / Parts, all) is var next && next > done ? next : long.MaxValue : done + Stride;
}
