using BenchmarkDotNet.Attributes;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Families;

/// <summary>Element-wise ops over 16 million floats.</summary>
public class ElementwiseBenchmarks : KernelBenchmark
{
    private Tensor? _a, _b, _row, _y;

    private const int Rows = 1 << 14, Columns = 1 << 10;

    [Benchmark]
    public void Relu() => Backend.Unary(UnaryKind.Relu, _a!, _y!);

    [Benchmark]
    public void Affine() => Backend.Unary(new UnaryOp(UnaryKind.Affine, 2, 1), _a!, _y!);

    [Benchmark]
    public void Exp() => Backend.Unary(UnaryKind.Exp, _a!, _y!);

    [Benchmark]
    public void Log() => Backend.Unary(UnaryKind.Log, _a!, _y!);

    [Benchmark]
    public void Tanh() => Backend.Unary(UnaryKind.Tanh, _a!, _y!);

    [Benchmark]
    public void Sigmoid() => Backend.Unary(UnaryKind.Sigmoid, _a!, _y!);

    [Benchmark]
    public void Gelu() => Backend.Unary(UnaryKind.Gelu, _a!, _y!);

    [Benchmark]
    public void Power() => Backend.Unary(new UnaryOp(UnaryKind.Power, 1.7f), _a!, _y!);

    [Benchmark]
    public void ReluGradient() => Backend.UnaryGradient(UnaryKind.Relu, _a!, _a!, _b!, _y!);

    [Benchmark]
    public void TanhGradient() => Backend.UnaryGradient(UnaryKind.Tanh, _a!, _a!, _b!, _y!);

    [Benchmark]
    public void Add() => Backend.Binary(BinaryOp.Add, _a!, _b!, _y!);

    [Benchmark]
    public void Divide() => Backend.Binary(BinaryOp.Divide, _a!, _b!, _y!);

    [Benchmark]
    public void AddRow() => Backend.Binary(BinaryOp.Add, _a!, _row!, _y!);

    [Benchmark]
    public void Select() => Backend.Select(_a!, _a!, _b!, _y!);

    [Benchmark]
    public void Fill() => Backend.Fill(1, _y!);

    public override Work WorkOf(string benchmark) => Work.OfFloats((double)Rows * Columns * benchmark switch
    {
        nameof(Fill) => 1,
        nameof(ReluGradient) or nameof(TanhGradient) or nameof(Add) or nameof(Divide) or nameof(Select) => 3,
        _ => 2,
    });

    protected override void CreateTensors()
    {
        (_a, _b, _row, _y) = (Tensor.RandomUniform((Rows, Columns), 0.1f, 1), Random((Rows, Columns)), Random(Columns), Empty((Rows, Columns)));
    }
}
