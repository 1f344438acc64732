using BenchmarkDotNet.Attributes;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Families;

/// <summary>Copies, transpositions, look-ups and casts over 16 million elements.</summary>
public class MovementBenchmarks : KernelBenchmark
{
    private Tensor? _matrix, _turned, _pictures, _planes, _bytes, _floats, _indices, _rows;

    private const int Side = 1 << 12;
    private static readonly Shape s_pictures = (64, 64, 64, 64);

    [Benchmark]
    public void Copy() => Backend.Copy(_matrix!, _turned!);

    [Benchmark]
    public void TransposeMatrix() => Backend.Transpose(_matrix!, [1, 0], _turned!);

    [Benchmark]
    public void TransposeToPlanes() => Backend.Transpose(_pictures!, [0, 3, 1, 2], _planes!);

    [Benchmark]
    public void Gather() => Backend.Gather(_matrix!.View((1, Side, Side)), _indices!, _rows!);

    [Benchmark]
    public void BytesToFloats() => Backend.Cast(_bytes!, _floats!);

    [Benchmark]
    public void FloatsToBytes() => Backend.Cast(_floats!, _bytes!);

    public override Work WorkOf(string benchmark) => Work.OfFloats(
        (double)Side * Side * (benchmark is nameof(BytesToFloats) or nameof(FloatsToBytes) ? 1.25 : benchmark == nameof(Gather) ? 1 : 2));

    protected override void CreateTensors()
    {
        (_matrix, _turned, _pictures, _planes) = (Random((Side, Side)), Empty((Side, Side)), Random(s_pictures), Empty(s_pictures));
        (_floats, _bytes) = (Tensor.RandomUniform(s_pictures), Empty(s_pictures, DType.UNorm8));
        _indices = Tensor.From(Side / 2, [.. Enumerable.Range(0, Side / 2).Select(i => i * 1237 % Side)]);
        _rows = Empty((1, Side / 2, Side));
        FloatsToBytes();
    }
}
