using BenchmarkDotNet.Attributes;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Families;

/// <summary>Pooling and its gradient over [8, 112, 112, 64].</summary>
public class Pool2DBenchmarks : KernelBenchmark
{
    private Tensor? _x, _y, _argMax, _dx;

    [Params(2, 3)]
    public int Window { get; set; }

    private Pool2DGeometry Pool => new((8, 112, 112, 64), (Window, Window), (2, 2), Padding.Same);

    [Benchmark]
    public void Max() => Backend.MaxPool2D(_x!, Pool, _y!, _argMax!);

    [Benchmark]
    public void MaxGradient() => Backend.MaxPool2DGradient(_y!, _argMax!, Pool, _dx!);

    [Benchmark]
    public void Average() => Backend.AveragePool2D(_x!, Pool, _y!);

    [Benchmark]
    public void AverageGradient() => Backend.AveragePool2DGradient(_y!, Pool, _dx!);

    public override Work WorkOf(string benchmark)
    {
        // The position of a maximum is a byte.
        double moved = Pool.InputShape.Size + Pool.OutputShape.Size;
        return Work.OfFloats(benchmark.StartsWith("Max", StringComparison.Ordinal) ? moved + (Pool.OutputShape.Size / 4.0) : moved);
    }

    protected override void CreateTensors()
    {
        (_x, _y, _dx) = (Random(Pool.InputShape), Empty(Pool.OutputShape), Empty(Pool.InputShape));
        _argMax = Empty(Pool.OutputShape, Pool.ArgMaxType);
        Max();
    }
}
