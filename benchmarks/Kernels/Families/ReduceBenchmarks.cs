using BenchmarkDotNet.Attributes;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Families;

/// <summary>Reductions of 16 million floats: of all of them, along rows, along columns.</summary>
public class ReduceBenchmarks : KernelBenchmark
{
    private Tensor? _x, _y, _index;

    private const int Count = 1 << 24;

    /// <summary>The shape as [outer, n, inner], n being reduced.</summary>
    public enum Axis
    {
        All,
        Rows,
        Columns,
    }

    [ParamsAllValues]
    public Axis Over { get; set; }

    private Shape Input => Over switch { Axis.All => (1, Count, 1), Axis.Rows => (1 << 14, 1 << 10, 1), _ => (1, 1 << 14, 1 << 10) };

    [Benchmark]
    public void Sum() => Backend.Reduce(ReduceOp.Sum, _x!, _y!);

    [Benchmark]
    public void Max() => Backend.Reduce(ReduceOp.Max, _x!, _y!);

    [Benchmark]
    public void ArgMax() => Backend.ArgMax(_x!, _index!);

    public override Work WorkOf(string benchmark) => Work.OfFloats(Count);

    protected override void CreateTensors()
    {
        Shape output = (Input[0], Input[2]);
        (_x, _y, _index) = (Random(Input), Empty(output), Empty(output, DType.Int32));
    }
}
