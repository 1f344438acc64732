using BenchmarkDotNet.Attributes;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Families;

/// <summary>A step of each optimizer for 11 million weights, as many as the cats-vs-dogs network has.</summary>
public class OptimizerBenchmarks : KernelBenchmark
{
    private Tensor? _weights, _gradient, _first, _second;

    private const int Count = 11_099_938;

    [Benchmark]
    public void Sgd() => Backend.SgdUpdate(_weights!, _gradient!, null, new SgdStep(1e-5f, 0, false));

    [Benchmark]
    public void SgdMomentum() => Backend.SgdUpdate(_weights!, _gradient!, _first, new SgdStep(1e-5f, 0.9f, false));

    [Benchmark]
    public void Adam() => Backend.AdamUpdate(_weights!, _gradient!, _first!, _second!, new AdamStep(1e-5f, 0.9f, 0.999f, 1e-7f, 0));

    [Benchmark]
    public void Rmsprop() => Backend.RmspropUpdate(_weights!, _gradient!, _second!, null, new RmspropStep(1e-5f, 0.9f, 0, 1e-7f));

    [Benchmark]
    public void Lion() => Backend.LionUpdate(_weights!, _gradient!, _first!, new LionStep(1e-5f, 0.9f, 0.99f, 0));

    public override Work WorkOf(string benchmark) =>
        Work.OfFloats((double)Count * benchmark switch { nameof(Sgd) => 3, nameof(Adam) => 7, _ => 5 });

    protected override void CreateTensors() =>
        (_weights, _gradient, _first, _second) = (Random(Count), Random(Count, 1), Tensor.Zeros(Count), Tensor.Zeros(Count));
}
