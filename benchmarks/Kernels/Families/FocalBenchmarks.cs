using BenchmarkDotNet.Attributes;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Families;

/// <summary>The focal term and its gradient, from probabilities and from logits, over a million rows of two classes.</summary>
public class FocalBenchmarks : KernelBenchmark
{
    private Tensor? _target, _p, _alpha, _loss, _dp;

    private static readonly FocalTerm s_term = new(2);
    private const int Rows = 1 << 20;

    [Benchmark]
    public void Focal() => Backend.CategoricalFocal(_target!, _p!, _alpha!, s_term, 1e-7f, _loss!);

    [Benchmark]
    public void FocalGradient() => Backend.CategoricalFocalGradient(_target!, _p!, _alpha!, s_term, 1e-7f, _loss!, _dp!);

    [Benchmark]
    public void SoftmaxFocal() => Backend.SoftmaxCategoricalFocal(_target!, _p!, _alpha!, s_term, _loss!);

    [Benchmark]
    public void SoftmaxFocalGradient() => Backend.SoftmaxCategoricalFocalGradient(_target!, _p!, _alpha!, s_term, _loss!, _dp!);

    public override Work WorkOf(string benchmark) =>
        Work.OfFloats((benchmark.EndsWith("Gradient", StringComparison.Ordinal) ? 7.0 : 5.0) * Rows);

    protected override void CreateTensors()
    {
        (_p, _alpha, _loss, _dp) = (Empty((Rows, 2)), Tensor.Full(1, 0.25f), Empty(Rows), Empty((Rows, 2)));
        Backend.Softmax(Random((Rows, 2)), _p);
        _target = Tensor.OneHot(Tensor.From(Rows, [.. Enumerable.Range(0, Rows).Select(i => i % 2)]), 2);
        Focal();
    }
}
