using System.Numerics;
using Numerics.Tensors;
using Numerics.Tests.Reference;

namespace Numerics.Tests.Conformance;

/// <summary>
/// What every backend must compute: each op, forward and backward, on fresh random inputs against the double-precision
/// reference. A backend is covered by one subclass that creates it.
/// </summary>
public abstract partial class BackendConformance : IDisposable
{
    private const int PoisonedBytes = 1 << 18;

    private readonly ReferenceBackend _reference = new();
    private readonly Backend _tested;

    protected BackendConformance()
    {
        _tested = CreateBackend();
        Seed = (ulong)Random.Shared.NextInt64();
    }

    /// <summary>A new seed for every test; failures print it.</summary>
    protected ulong Seed { get; }

    public void Dispose()
    {
        _tested.Dispose();
        _reference.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether an index outside the axis is an error; else it takes the nearest row.</summary>
    protected virtual bool ChecksIndices => true;

    /// <summary>Whether new tensors hold NaN as it is.</summary>
    protected virtual bool StartsWithNaN => false;

    protected abstract Backend CreateBackend();

    /// <summary>Runs a computation on both backends and compares what it returns.</summary>
    internal void Same(string what, double tolerance, Func<Inputs, Tensor> compute) => SameAll(what, tolerance, inputs => [compute(inputs)]);

    /// <inheritdoc cref="Same"/>
    internal void SameAll(string what, double tolerance, Func<Inputs, Tensor[]> compute)
    {
        List<Real[]> expected;
        using (new TensorScope())
        using (var inputs = new Inputs(_reference, Seed))
            expected = [.. compute(inputs).Select(ReferenceBackend.Read)];
        Poison();
        using var scope = new TensorScope();
        using var tested = new Inputs(_tested, Seed);
        Tensor[] actual = compute(tested);
        for (int i = 0; i < actual.Length; i++)
            Comparison.Close(expected[i], actual[i].ToArray(), tolerance, $"{what}, result {i} (seed {Seed})");
    }

    /// <summary>
    /// Runs a computation on both backends, and compares the result and the gradients of all its float inputs under a random
    /// cotangent.
    /// </summary>
    internal void SameWithGradients(string what, double tolerance, Func<Inputs, Tensor> compute, double? gradientTolerance = null)
    {
        List<Real[]> expected = Differentiate(_reference, compute, ReferenceBackend.Read);
        Poison();
        List<float[]> actual = Differentiate(_tested, compute, tensor => tensor.ToArray());
        for (int i = 0; i < actual.Count; i++)
        {
            string part = i == 0 ? "the result" : $"the gradient of input {i - 1}";
            double allowed = i == 0 ? tolerance : gradientTolerance ?? Math.Max(tolerance, Tolerances.Composite);
            Comparison.Close(expected[i], actual[i], allowed, $"{what}, {part} (seed {Seed})");
        }
    }

    private List<T> Differentiate<T>(Backend backend, Func<Inputs, Tensor> compute, Func<Tensor, T> read)
    {
        using var tape = new GradientTape();
        using var inputs = new Inputs(backend, Seed, tape);
        Tensor y = compute(inputs);
        Tensor cotangent = Tensor.RandomUniform(y.Shape, 0.1f, 1, new RandomKey(Seed, 1000), backend);
        Tensor[] gradients = tape.Gradient((y * cotangent).Sum(), inputs.Made);
        return [read(y), .. gradients.Select(read)];
    }

    // Leaves NaN in the memory that the next tensors will get.
    private void Poison()
    {
        if (StartsWithNaN)
            return;
        using var scope = new TensorScope();
        for (int bytes = 64; bytes <= PoisonedBytes; bytes += Math.Max(64, (int)BitOperations.RoundUpToPowerOf2((uint)bytes + 1) / 8))
        {
            for (int copy = 0; copy < 6; copy++)
                _ = Tensor.Full(bytes / sizeof(float), float.NaN, _tested);
        }
    }
}
