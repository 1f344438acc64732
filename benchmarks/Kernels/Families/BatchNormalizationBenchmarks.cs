using BenchmarkDotNet.Attributes;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Families;

/// <summary>Batch normalisation and its gradient over 6.4 million floats.</summary>
public class BatchNormalizationBenchmarks : KernelBenchmark
{
    private Tensor? _x, _gamma, _beta, _y, _mean, _variance, _dy, _dx, _dgamma, _dbeta;

    private const float Epsilon = 1e-3f;
    private const int Count = 8 * 112 * 112 * 64;

    [Params(16, 64, 512)]
    public int Channels { get; set; }

    [Benchmark]
    public void Forward() => Backend.BatchNormalization(_x!, _gamma!, _beta!, Epsilon, relu: false, _y!, _mean!, _variance!);

    [Benchmark]
    public void Backward() => Backend.BatchNormalizationGradient(_x!, _gamma!, _mean!, _variance!, Epsilon, null, _dy!, _dx!, _dgamma!, _dbeta!);

    // Each pass reads its inputs twice: once for the sums, once for the values.
    public override Work WorkOf(string benchmark) => Work.OfFloats((benchmark == nameof(Forward) ? 3.0 : 5.0) * Count);

    protected override void CreateTensors()
    {
        Shape shape = (Count / Channels, Channels);
        (_x, _dy, _y, _dx) = (Random(shape), Random(shape, 1), Empty(shape), Empty(shape));
        (_gamma, _beta, _mean, _variance) = (Random(Channels, 2), Random(Channels, 3), Empty(Channels), Empty(Channels));
        (_dgamma, _dbeta) = (Empty(Channels), Empty(Channels));
        Forward();
    }
}
