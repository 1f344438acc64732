// Micro-benchmarks of the CPU backend's kernels.
//   -- --filter '*'              BenchmarkDotNet's tables; --list flat names the benchmarks
//   -- peak                      what the machine can do at most
//   -- losses [NAME]             the focal losses with their gradients, as lines of CSV
//   -- shapes FILE [NAME]        the layers of a file of shapes, forward and backward, as lines of CSV
using System.Globalization;
using BenchmarkDotNet.Running;
using Numerics.Benchmarks.Kernels;
using Numerics.Benchmarks.Kernels.Losses;
using Numerics.Benchmarks.Kernels.Shapes;
using Numerics.Samples.CatsVsDogs.Benchmark;

switch (args)
{
    case ["peak"]:
        foreach (int threads in new[] { 1, Environment.ProcessorCount }.Distinct())
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{threads} thread(s): {MachinePeak.FmaGflops(threads, 256):F0} GFLOP/s at 256 bits, {MachinePeak.FmaGflops(threads, MachinePeak.WidestBits):F0} at {MachinePeak.WidestBits}; memory {MachinePeak.ReadGigabytes(threads):F1} GB/s reading, {MachinePeak.CopyGigabytes(threads):F1} copying"));
        }

        break;
    case ["losses", .. var filter] when filter.Length <= 1:
        LossTable.Write(filter.Length == 1 ? filter[0] : "", Console.Out);
        break;
    case ["shapes", var path, .. var filter] when filter.Length <= 1:
        ShapeTable.Write(path, filter.Length == 1 ? filter[0] : "", Console.Out);
        break;
    default:
        _ = BenchmarkSwitcher.FromAssembly(typeof(KernelBenchmark).Assembly).Run(args, KernelConfig.Create());
        break;
}
