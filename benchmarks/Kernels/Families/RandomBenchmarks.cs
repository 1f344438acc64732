using BenchmarkDotNet.Attributes;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Families;

/// <summary>Random numbers and dropout over 16 million floats.</summary>
public class RandomBenchmarks : KernelBenchmark
{
    private Tensor? _x, _y;

    private const int Count = 1 << 24;
    private static readonly RandomKey s_key = new(1, 2);

    [Benchmark]
    public void Uniform() => Backend.RandomUniform(s_key, 0, 1, _y!);

    [Benchmark]
    public void Normal() => Backend.RandomNormal(s_key, 0, 1, _y!);

    [Benchmark]
    public void Dropout() => Backend.Dropout(_x!, 0.5f, s_key, _y!);

    public override Work WorkOf(string benchmark) => Work.OfFloats(benchmark == nameof(Dropout) ? 2.0 * Count : Count);

    protected override void CreateTensors() => (_x, _y) = (Random(Count), Empty(Count));
}
