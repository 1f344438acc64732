using System.Globalization;

namespace Numerics.Benchmarks.Scaling;

/// <summary>
/// What a step of many nodes should take, 32 pictures each: the step of one node, what is exchanged before the backward pass, and of the
/// gradients' exchange what the rest of the backward pass does not hide.
/// </summary>
internal static class Prediction
{
    // Measured, see docs/scaling.md: a step of 32 pictures on one thread; the share of it that runs while gradients travel; what a
    // megabyte costs the processor; the share of a network's bandwidth that TCP reached.
    private const double StepMilliseconds = 136;
    private const double OverlappedShare = 0.6;
    private const double ProcessorPerMegabyte = 0.58;
    private const double BandwidthShare = 0.76;

    // Assumed: what each further message of an exchange with everybody costs a process.
    private const double MessageMilliseconds = 0.001;

    private const int PerNode = 32;
    private const double Megabytes = 44.4;
    private const double FactorMegabytesOfARow = (43_264 + 256) * 4 / 1e6;
    private const int LargestFactorBatch = 63;
    private static readonly int[] s_nodes = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

    // Bandwidth in Gb/s, and the latency of a message in milliseconds that is assumed with it.
    private static readonly (int Gigabits, double Latency)[] s_networks = [(10, 0.03), (100, 0.01), (400, 0.005)];

    public static void Write(TextWriter output)
    {
        output.WriteLine("| nodes | " + string.Join(" | ", s_networks.SelectMany(network => new[] { $"{network.Gigabits} Gb/s", $"{network.Gigabits}, bfloat16", $"{network.Gigabits}, limit" })) + " |");
        output.WriteLine("| --- |" + string.Concat(Enumerable.Repeat(" --- |", 3 * s_networks.Length)));
        foreach (int nodes in s_nodes)
        {
            output.Write($"| {nodes} |");
            foreach ((int gigabits, double latency) in s_networks)
            {
                (double full, string limit) = Efficiency(nodes, gigabits, latency, 1);
                (double half, _) = Efficiency(nodes, gigabits, latency, 0.5);
                output.Write(string.Create(CultureInfo.InvariantCulture, $" {100 * full:F0} % | {100 * half:F0} % | {limit} |"));
            }

            output.WriteLine();
        }
    }

    private static (double Share, string Limit) Efficiency(int nodes, int gigabits, double latency, double compressed)
    {
        bool factors = nodes * PerNode <= LargestFactorBatch;
        double others = (nodes - 1.0) / nodes;
        double sent = compressed * (factors ? (nodes - 1) * PerNode * FactorMegabytesOfARow : 2 * others * Megabytes);
        double wire = sent * 8 / (gigabits * BandwidthShare);
        double processor = sent * ProcessorPerMegabyte;

        // Four small exchanges before the backward pass, two phases of two buckets in it; each process sends to every other.
        double phase = latency + ((nodes - 1) * MessageMilliseconds);
        double before = 4 * phase, exchange = wire + processor + (4 * phase);
        double exposed = Math.Max(0, exchange - (OverlappedShare * StepMilliseconds));
        string limit = exposed == 0
            ? before > 0.005 * StepMilliseconds ? "messages" : "nothing"
            : wire > processor ? "network" : "processor";
        return (StepMilliseconds / (StepMilliseconds + before + exposed), limit);
    }
}
