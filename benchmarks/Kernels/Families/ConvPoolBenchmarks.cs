using BenchmarkDotNet.Attributes;
using Numerics.Benchmarks.Kernels.Shapes;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Families;

/// <summary>Convolution, bias, ReLU and 2×2 max-pooling in one op, and its gradient; speeds count the dense arithmetic.</summary>
public class ConvPoolBenchmarks : KernelBenchmark
{
    private Tensor? _x, _kernel, _bias, _y, _argMax, _dy, _dx, _dkernel, _dbias;

    [ParamsSource(nameof(Shapes))]
    public LayerShape Shape { get; set; } = null!;

    public static IEnumerable<LayerShape> Shapes => LayerShape.Standard(dense: false)
        .Where(shape => shape.Name.StartsWith("seed", StringComparison.Ordinal) || shape.Name is "3x3 64@56 same" or "3x3 17->33@30 same" or "5x5 32->64@28 same");

    private Pool2DGeometry Pool => new(Shape.Geometry().OutputShape, (2, 2), (2, 2), Padding.Valid);

    [Benchmark]
    public void Forward() => Backend.Conv2DBiasReluMaxPool(_x!, _kernel!, _bias!, Shape.Geometry(), Pool, _y!, _argMax!);

    [Benchmark]
    public void Backward() =>
        Backend.Conv2DBiasReluMaxPoolGradient(_x!, _kernel!, _y!, _argMax!, _dy!, Shape.Geometry(), Pool, _dx!, _dkernel!, _dbias!);

    public override Work WorkOf(string benchmark) =>
        new((benchmark == nameof(Backward) ? 4.0 : 2.0) * Shape.Geometry().OutputShape.Size / Shape.Out * Shape.KernelShape.Size, 0);

    protected override void CreateTensors()
    {
        (_x, _kernel, _bias, _dy) = (Random(Shape.Input), Random(Shape.KernelShape, 1), Random(Shape.Out, 2), Random(Pool.OutputShape, 3));
        (_y, _argMax) = (Empty(Pool.OutputShape), Empty(Pool.OutputShape, Pool.ArgMaxType));
        (_dx, _dkernel, _dbias) = (Empty(Shape.Input), Empty(Shape.KernelShape), Empty(Shape.Out));
        Forward();
    }
}
