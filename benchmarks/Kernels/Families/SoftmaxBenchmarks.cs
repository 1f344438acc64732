using BenchmarkDotNet.Attributes;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Families;

/// <summary>Softmax, its logarithm and their gradients over rows of 4 million floats in all.</summary>
public class SoftmaxBenchmarks : KernelBenchmark
{
    private Tensor? _x, _y, _dy, _dx;

    [Params(2, 10, 1000)]
    public int Classes { get; set; }

    private int Rows => (4 << 20) / Classes;

    [Benchmark]
    public void Softmax() => Backend.Softmax(_x!, _y!);

    [Benchmark]
    public void SoftmaxGradient() => Backend.SoftmaxGradient(_y!, _dy!, _dx!);

    [Benchmark]
    public void LogSoftmax() => Backend.LogSoftmax(_x!, _y!);

    [Benchmark]
    public void LogSoftmaxGradient() => Backend.LogSoftmaxGradient(_y!, _dy!, _dx!);

    public override Work WorkOf(string benchmark) =>
        Work.OfFloats((benchmark.EndsWith("Gradient", StringComparison.Ordinal) ? 3.0 : 2.0) * Rows * Classes);

    protected override void CreateTensors()
    {
        (_x, _dy) = (Random((Rows, Classes)), Random((Rows, Classes), 1));
        (_y, _dx) = (Empty((Rows, Classes)), Empty((Rows, Classes)));
        Softmax();
    }
}
