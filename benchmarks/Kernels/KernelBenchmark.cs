using BenchmarkDotNet.Attributes;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels;

/// <summary>
/// Benchmarks of one family of kernels, called on the backend directly, as the tensor layer does: arguments that fit, outputs
/// made beforehand.
/// </summary>
public abstract class KernelBenchmark : IDisposable
{
    private TensorScope? _scope;

    /// <summary>Where the kernels run.</summary>
    protected static Backend Backend => Backend.Default;

    /// <summary>Makes the tensors of one benchmark.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _scope = new TensorScope();
        CreateTensors();
    }

    /// <summary>Gives their memory back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _scope?.Dispose();
        _scope = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>What a call of a benchmark has to do, its parameters being set.</summary>
    /// <param name="benchmark">The method's name.</param>
    public abstract Work WorkOf(string benchmark);

    /// <summary>Makes inputs and outputs for the parameters that are set.</summary>
    protected abstract void CreateTensors();

    /// <summary>A tensor of numbers in [-1, 1).</summary>
    protected static Tensor Random(Shape shape, ulong stream = 0) => Tensor.RandomUniform(shape, -1, 1, new RandomKey(1, stream));

    /// <summary>An output.</summary>
    protected static Tensor Empty(Shape shape, DType dtype = DType.Float32) => Tensor.Empty(Backend, shape, dtype);
}
