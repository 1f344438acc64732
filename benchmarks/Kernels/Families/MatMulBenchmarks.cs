using BenchmarkDotNet.Attributes;
using Numerics.Benchmarks.Kernels.Shapes;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Families;

/// <summary>The three matrix products of a dense layer: its output, and the gradients of its kernel and of its input.</summary>
public class MatMulBenchmarks : KernelBenchmark
{
    private Tensor? _x, _kernel, _y, _dx, _dkernel;

    [ParamsSource(nameof(Shapes))]
    public LayerShape Shape { get; set; } = null!;

    public static IEnumerable<LayerShape> Shapes => LayerShape.Standard(dense: true);

    [Benchmark]
    public void Product() => Backend.MatMul(_x!, false, _kernel!, false, _y!);

    [Benchmark]
    public void KernelGradient() => Backend.MatMul(_x!, true, _y!, false, _dkernel!);

    [Benchmark]
    public void InputGradient() => Backend.MatMul(_y!, false, _kernel!, true, _dx!);

    public override Work WorkOf(string benchmark) =>
        new(2.0 * Shape.Batch * Shape.In * Shape.Out, Shape.Input.Size + Shape.KernelShape.Size + (Shape.Batch * Shape.Out));

    protected override void CreateTensors()
    {
        (_x, _kernel, _y) = (Random(Shape.Input), Random(Shape.KernelShape, 1), Random((Shape.Batch, Shape.Out), 2));
        (_dx, _dkernel) = (Empty(Shape.Input), Empty(Shape.KernelShape));
    }
}
