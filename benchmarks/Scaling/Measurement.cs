using System.Diagnostics;
using System.Globalization;
using Numerics.Backends.Cpu;
using Numerics.Distributed;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Scaling;

/// <summary>Times training steps of the cats-vs-dogs network, one thread a process.</summary>
internal static class Measurement
{
    private const int WarmUp = 3;

    public static void Run(string[] options)
    {
        (string name, int perRank, int steps) = (options[0], int.Parse(options[1], CultureInfo.InvariantCulture), int.Parse(options[2], CultureInfo.InvariantCulture));
        Backend.Default = new CpuBackend(threads: 1);
        using ProcessGroup group = MpiLaunch.Detect() is null ? new SingleProcessGroup() : new MpiProcessGroup();
        RandomGenerator.SetSeed(1);
        using Sequential model = Network.Create();
        Network.Compile(model, learningRate: 1e-5f);
        if (group.Size > 1)
        {
            model.Strategy = new DataParallel(group, new DataParallelOptions
            {
                GatherFactors = !options.Contains("gradients"),
                Overlap = !options.Contains("after"),
                Compression = options.Contains("bfloat16") ? Compression.BFloat16 : Compression.None,
                Order = options.Contains("library") ? ReductionOrder.Library : ReductionOrder.Fixed,
                BucketBytes = options.Skip(3).Append("0").Select(option => int.TryParse(option, CultureInfo.InvariantCulture, out int bytes) ? bytes : 0).Max() is > 0 and int bucket ? bucket : 1 << 20,
            });
        }

        NDArray x = new((perRank, 224, 224, 3), DType.UNorm8), y = new((perRank, 2));
        float[] row = new float[224 * 3];
        for (int start = 0; start < x.Bytes.Length; start += row.Length)
        {
            Philox.FillUniform(new RandomKey(1, (ulong)group.Rank), start, row);
            for (int i = 0; i < row.Length; i++)
                x.Bytes[start + i] = (byte)(256 * row[i]);
        }

        for (int i = 0; i < perRank; i++)
            y.AsSpan<float>()[(2 * i) + (i % 2)] = 1;
        var host = group as HostProcessGroup;
        var times = new List<double>();
        double busy = 0, waiting = 0, sent = 0;
        for (int step = -WarmUp; step < steps; step++)
        {
            group.Barrier();
            (TimeSpan Busy, TimeSpan Waiting, long Sent) before = Now(host);
            long start = Stopwatch.GetTimestamp();
            _ = model.TrainOnBatch(x, y);
            if (step < 0)
                continue;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            (TimeSpan Busy, TimeSpan Waiting, long Sent) after = Now(host);
            busy += (after.Busy - before.Busy).TotalMilliseconds / steps;
            waiting += (after.Waiting - before.Waiting).TotalMilliseconds / steps;
            sent += (after.Sent - before.Sent) / 1e6 / steps;
        }

        if (group.Rank == 0)
        {
            times.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-44} {group.Size} x {perRank,-3} step {times[times.Count / 2],7:F1} ms, fastest {times[0],7:F1}; communicating {busy,6:F1} ms, waited for {waiting,6:F1}; sent {sent,6:F2} MB"));
        }
    }

    private static (TimeSpan Busy, TimeSpan Waiting, long Sent) Now(HostProcessGroup? host) =>
        host is null ? default : (host.CommunicationTime, host.WaitingTime, host.SentBytes);
}
