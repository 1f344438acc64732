using BenchmarkDotNet.Attributes;
using Numerics.Benchmarks.Kernels.Shapes;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Families;

/// <summary>Convolutions of many shapes and their two gradients.</summary>
public class Conv2DBenchmarks : KernelBenchmark
{
    private Tensor? _x, _kernel, _bias, _y, _dx, _dkernel;

    [ParamsSource(nameof(Shapes))]
    public LayerShape Shape { get; set; } = null!;

    public static IEnumerable<LayerShape> Shapes => LayerShape.Standard(dense: false);

    [Benchmark]
    public void Forward() => Backend.Conv2DBias(_x!, _kernel!, _bias!, Shape.Geometry(), relu: true, _y!);

    [Benchmark]
    public void KernelGradient() => Backend.Conv2DKernelGradient(_x!, _y!, Shape.Geometry(), _dkernel!);

    [Benchmark]
    public void InputGradient() => Backend.Conv2DInputGradient(_y!, _kernel!, Shape.Geometry(), _dx!);

    public override Work WorkOf(string benchmark)
    {
        int input = Shape.Input.Size, kernel = Shape.KernelShape.Size, output = Shape.Geometry().OutputShape.Size;
        return new(2.0 * output / Shape.Out * kernel, input + kernel + output);
    }

    protected override void CreateTensors()
    {
        (_x, _kernel, _bias, _y) = (Random(Shape.Input), Random(Shape.KernelShape, 1), Random(Shape.Out, 2), Random(Shape.Geometry().OutputShape, 3));
        (_dx, _dkernel) = (Empty(Shape.Input), Empty(Shape.KernelShape));
    }
}
