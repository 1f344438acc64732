using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <summary>The same random inputs on any backend: the n-th request of a seed gives the same values everywhere.</summary>
internal sealed class Inputs(Backend backend, ulong seed, GradientTape? tape = null, Action<int, Tensor>? made = null) : IDisposable
{
    private readonly RandomGenerator _random = new(seed);
    private readonly List<Tensor> _made = [];
    private readonly List<IDisposable> _owned = [];

    public Backend Backend => backend;

    /// <summary>The float tensors made so far, in order.</summary>
    public IReadOnlyList<Tensor> Made => _made;

    /// <summary>Keeps something, such as a layer, until all results have been read.</summary>
    public T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
    }

    /// <summary>Normal values.</summary>
    public Tensor Normal(params Shape shape) => Make(shape, static (u, n) => n);

    /// <summary>Values in [low, high).</summary>
    public Tensor Uniform(float low, float high, params Shape shape) => Make(shape, (u, n) => low + ((high - low) * u));

    /// <summary>Normal values that stay away from 0, where functions have kinks.</summary>
    public Tensor AwayFromZero(params Shape shape) => Make(shape, static (u, n) => n >= 0 ? n + 0.1f : n - 0.1f);

    /// <summary>
    /// Normal values rounded to quarters: sums of their products are exact in any precision and order, so a ReLU or a maximum
    /// behind them decides alike on every backend, ties included.
    /// </summary>
    public Tensor Quarters(params Shape shape) => Make(shape, static (u, n) => MathF.Round(n * 4) / 4);

    /// <summary>Odd multiples of 1/128 between 0 and 1, none of them near a decimal fraction where a function jumps.</summary>
    public Tensor Fractions(params Shape shape) => Make(shape, static (u, n) => ((2 * MathF.Floor(u * 62)) + 3) / 128);

    /// <summary>Small whole numbers, so that ties are common.</summary>
    public Tensor Whole(params Shape shape) => Make(shape, static (u, n) => MathF.Floor(u * 4));

    /// <summary>Whole numbers from -3 to 3: sums of their products are exact.</summary>
    public Tensor Integers(params Shape shape) => Make(shape, static (u, n) => MathF.Floor(u * 7) - 3);

    /// <summary>Places in windows of so many, as a pooling stores them.</summary>
    public Tensor Choices(int limit, DType type, Shape shape)
    {
        float[] uniform = new float[shape.Size];
        Philox.FillUniform(_random.Next(), 0, uniform);
        return Tensor.From(shape, [.. uniform.Select(u => MathF.Floor(u * limit))], backend).Cast(type);
    }

    /// <summary>Whole numbers in 0..limit-1 as Int32.</summary>
    public Tensor Indices(int limit, params Shape shape)
    {
        float[] uniform = new float[shape.Size];
        Philox.FillUniform(_random.Next(), 0, uniform);
        return Tensor.From(shape, [.. uniform.Select(u => (int)(u * limit))], backend);
    }

    /// <summary>Pictures of bytes, all values equally likely.</summary>
    public Tensor Bytes(DType type, Shape shape)
    {
        float[] uniform = new float[shape.Size];
        Philox.FillUniform(_random.Next(), 0, uniform);
        return Tensor.From(NDArray.From(shape, [.. uniform.Select(u => (byte)(u * 256))], type), backend);
    }

    /// <summary>Given values.</summary>
    public Tensor Values(params float[] values) => Add(Tensor.From(values.Length, values, backend));

    /// <summary>Rows of labels: one-hot, or soft ones that sum to 1.</summary>
    public Tensor Labels(int rows, int classes, bool soft)
    {
        float[] uniform = new float[rows * classes];
        Philox.FillUniform(_random.Next(), 0, uniform);
        for (int row = 0; row < rows; row++)
        {
            Span<float> values = uniform.AsSpan(row * classes, classes);
            int label = (int)(values[0] * classes);
            float sum = 0;
            for (int c = 0; c < classes; c++)
                sum += values[c] = soft ? values[c] + 0.01f : c == label ? 1 : 0;
            for (int c = 0; c < classes; c++)
                values[c] /= sum;
        }

        return Tensor.From((rows, classes), uniform, backend);
    }

    private Tensor Make(Shape shape, Func<float, float, float> value)
    {
        float[] uniform = new float[shape.Size], normal = new float[shape.Size];
        Philox.FillUniform(_random.Next(), 0, uniform);
        Philox.FillNormal(_random.Next(), 0, normal);
        return Add(Tensor.From(shape, [.. uniform.Zip(normal, value)], backend));
    }

    private Tensor Add(Tensor tensor)
    {
        made?.Invoke(_made.Count, tensor);
        _made.Add(tensor);
        return tape is null ? tensor : tape.Watch(tensor);
    }
}
