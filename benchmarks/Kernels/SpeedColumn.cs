using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Numerics.Samples.CatsVsDogs.Benchmark;

namespace Numerics.Benchmarks.Kernels;

/// <summary>A column that sets a benchmark's fastest run in relation to its work: what disturbs a run only makes it longer.</summary>
/// <param name="name">The column's head.</param>
/// <param name="legend">What it shows.</param>
/// <param name="format">From work and seconds to the text of a cell; empty where it does not apply.</param>
internal sealed class SpeedColumn(string name, string legend, Func<Work, double, string> format) : IColumn
{
    private static readonly Lazy<double> s_flops = new(() => 1e9 * MachinePeak.FmaGflops(Environment.ProcessorCount));
    private static readonly Lazy<double> s_bytes = new(() => 1e9 * MachinePeak.ReadGigabytes(Environment.ProcessorCount));

    /// <summary>The columns that every table has.</summary>
    public static IColumn[] All { get; } =
    [
        new SpeedColumn("GFLOP/s", "10⁹ floating-point operations a second", (work, time) => Rate(work.Flops, time)),
        new SpeedColumn("GB/s", "10⁹ bytes read or written a second", (work, time) => Rate(work.Bytes, time)),
        new SpeedColumn("% of peak", "of the measured peak of multiply-adds or of reading memory, whichever is nearer; above 100 for what a cache holds", PercentOfPeak),
    ];

    public string Id => name;

    public string ColumnName => name;

    public string Legend => legend;

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => Array.IndexOf(All, this);

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, SummaryStyle.Default);

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        if (summary[benchmarkCase]?.ResultStatistics is not { } statistics)
            return "?";
        var benchmark = (KernelBenchmark)Activator.CreateInstance(benchmarkCase.Descriptor.Type)!;
        foreach (var parameter in benchmarkCase.Parameters.Items)
            benchmarkCase.Descriptor.Type.GetProperty(parameter.Name)!.SetValue(benchmark, parameter.Value);
        return format(benchmark.WorkOf(benchmarkCase.Descriptor.WorkloadMethod.Name), statistics.Min / 1e9);
    }

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => true;

    private static string Rate(double amount, double seconds) =>
        amount == 0 ? "" : (amount / seconds / 1e9).ToString("F1", CultureInfo.InvariantCulture);

    private static string PercentOfPeak(Work work, double seconds)
    {
        double share = Math.Max(work.Flops / seconds / s_flops.Value, work.Bytes / seconds / s_bytes.Value);
        return (100 * share).ToString("F0", CultureInfo.InvariantCulture);
    }
}
