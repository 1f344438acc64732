using System.Globalization;
using System.Runtime.InteropServices;

namespace Numerics.Tensors;

/// <summary>
/// An n-dimensional array on a <see cref="Backend"/>: contiguous, row-major, immutable to its users. Every op makes a new
/// tensor, which belongs to the innermost <see cref="TensorScope"/>; outside of scopes the caller disposes it.
/// <see cref="Reshape"/> shares the memory, everything else copies.
/// </summary>
public sealed partial class Tensor : IDisposable
{
    private readonly string? _origin = TensorDiagnostics.TraceOrigins ? Environment.StackTrace : null;
    private TensorBuffer? _buffer;
    private MatMulProduct? _product;

    internal Tensor(Backend backend, TensorBuffer buffer, Shape shape, DType dtype, long byteOffset = 0)
    {
        Backend = backend;
        _buffer = buffer;
        Shape = shape;
        DType = dtype;
        ByteOffset = byteOffset;
        MoveTo(TensorScope.Current);
    }

    private Tensor(Backend backend, MatMulProduct product, Shape shape)
    {
        Backend = backend;
        _product = product;
        Shape = shape;
        DType = DType.Float32;
        MoveTo(TensorScope.Current);
    }

    /// <summary>Catches a tensor that nobody disposed: its memory goes back to the pool, and nothing else happens here.</summary>
    ~Tensor()
    {
        if (_buffer is null)
            return;
        _buffer.Release();
        TensorDiagnostics.ReportForgotten(this, _origin);
    }

    /// <summary>The extents, all known.</summary>
    public Shape Shape { get; }

    /// <summary>The number of dimensions.</summary>
    public int Rank => Shape.Rank;

    /// <summary>The number of elements.</summary>
    public int Count => Shape.Size;

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>Where the elements live.</summary>
    public Backend Backend { get; }

    /// <summary>Whether the memory has been given back; every use of such a tensor throws.</summary>
    public bool IsDisposed => _buffer is null && _product is null;

    /// <summary>For backends: the memory that holds the elements.</summary>
    /// <exception cref="ObjectDisposedException">The tensor was disposed, or its scope ended.</exception>
    public TensorBuffer Buffer => _buffer ?? Evaluate();

    /// <summary>For backends: the product that this tensor stands for as long as nobody has asked for its <see cref="Buffer"/>.</summary>
    public MatMulProduct? PendingProduct => _product;

    /// <summary>For backends: where the elements start within <see cref="Buffer"/>, in bytes.</summary>
    public long ByteOffset { get; }

    /// <summary>Whether gradient tapes follow this tensor without being asked, as they do for trainable variables.</summary>
    internal bool IsTrainable { get; set; }

    internal TensorScope? Owner { get; private set; }

    internal int ScopeIndex { get; set; }

    /// <summary>The outermost live tape that needs this tensor for a gradient.</summary>
    internal GradientTape? Tape { get; set; }

    /// <summary>A tensor with a copy of the array's elements, on the default backend.</summary>
    public static implicit operator Tensor(NDArray array) => From(array);

    /// <summary>A scalar on the default backend.</summary>
    public static implicit operator Tensor(float value) => Full(Shape.Scalar, value);

    /// <summary>A tensor whose elements are not set; for ops that write every one of them.</summary>
    /// <param name="backend">Where it lives.</param>
    /// <param name="shape">The extents, all known.</param>
    /// <param name="dtype">The element type.</param>
    public static Tensor Empty(Backend backend, Shape shape, DType dtype = DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(shape);
        if (!shape.IsFullyKnown)
            throw new ArgumentException($"a tensor needs every extent, got {shape}", nameof(shape));
        return new Tensor(backend, backend.Allocate((long)shape.Size * dtype.Size()), shape, dtype);
    }

    /// <summary>The same of a tensor's shape and type, for its gradient, which is stored as the tensor is.</summary>
    internal static Tensor EmptyLike(Tensor tensor) => new(tensor.Backend, tensor.Backend.AllocateLike(tensor), tensor.Shape, tensor.DType);

    /// <summary>A tensor with a copy of an array's elements.</summary>
    /// <param name="array">The elements.</param>
    /// <param name="backend">Where it lives; <see cref="Backend.Default"/> when null.</param>
    public static Tensor From(NDArray array, Backend? backend = null)
    {
        ArgumentNullException.ThrowIfNull(array);
        Tensor tensor = Empty(backend ?? Backend.Default, array.Shape, array.DType);
        tensor.Backend.Upload(array.Bytes, tensor);
        return tensor;
    }

    /// <summary>A tensor of floats.</summary>
    /// <param name="shape">The extents; their product is the number of values.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="backend">Where it lives; <see cref="Backend.Default"/> when null.</param>
    public static Tensor From(Shape shape, ReadOnlySpan<float> values, Backend? backend = null) => From(shape, DType.Float32, MemoryMarshal.AsBytes(values), values.Length, backend);

    /// <summary>A tensor of integers.</summary>
    /// <inheritdoc cref="From(Shape, ReadOnlySpan{float}, Backend?)"/>
    public static Tensor From(Shape shape, ReadOnlySpan<int> values, Backend? backend = null) => From(shape, DType.Int32, MemoryMarshal.AsBytes(values), values.Length, backend);

    /// <summary>A tensor in which every element is <paramref name="value"/>.</summary>
    /// <param name="shape">The extents.</param>
    /// <param name="value">The value of every element.</param>
    /// <param name="backend">Where it lives; <see cref="Backend.Default"/> when null.</param>
    public static Tensor Full(Shape shape, float value, Backend? backend = null)
    {
        Tensor tensor = Empty(backend ?? Backend.Default, shape);
        tensor.Backend.Fill(value, tensor);
        return tensor;
    }

    /// <summary>A tensor of zeros.</summary>
    /// <inheritdoc cref="Full"/>
    public static Tensor Zeros(Shape shape, Backend? backend = null) => Full(shape, 0, backend);

    /// <summary>A tensor of ones.</summary>
    /// <inheritdoc cref="Full"/>
    public static Tensor Ones(Shape shape, Backend? backend = null) => Full(shape, 1, backend);

    /// <summary>Uniform random floats in [<paramref name="minimum"/>, <paramref name="maximum"/>).</summary>
    /// <param name="shape">The extents.</param>
    /// <param name="minimum">The lower end, inclusive.</param>
    /// <param name="maximum">The upper end, exclusive up to rounding.</param>
    /// <param name="key">The stream; the next of <see cref="RandomGenerator.Default"/> when null.</param>
    /// <param name="backend">Where it lives; <see cref="Backend.Default"/> when null.</param>
    public static Tensor RandomUniform(Shape shape, float minimum = 0, float maximum = 1, RandomKey? key = null, Backend? backend = null)
    {
        Tensor tensor = Empty(backend ?? Backend.Default, shape);
        tensor.Backend.RandomUniform(key ?? RandomGenerator.Default.Next(), minimum, maximum, tensor);
        return tensor;
    }

    /// <summary>Normal random floats.</summary>
    /// <param name="shape">The extents.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="standardDeviation">The standard deviation.</param>
    /// <param name="key">The stream; the next of <see cref="RandomGenerator.Default"/> when null.</param>
    /// <param name="backend">Where it lives; <see cref="Backend.Default"/> when null.</param>
    public static Tensor RandomNormal(Shape shape, float mean = 0, float standardDeviation = 1, RandomKey? key = null, Backend? backend = null)
    {
        Tensor tensor = Empty(backend ?? Backend.Default, shape);
        tensor.Backend.RandomNormal(key ?? RandomGenerator.Default.Next(), mean, standardDeviation, tensor);
        return tensor;
    }

    /// <summary>Copies the elements into managed memory.</summary>
    public NDArray ToNDArray()
    {
        NDArray array = NDArray.Empty(Shape, DType);
        Backend.Download(this, 0, array.Bytes);
        return array;
    }

    /// <summary>The values as floats, row-major; integers are converted, <see cref="DType.UNorm8"/> is divided by 255.</summary>
    public float[] ToArray() => ToNDArray().ToFloats();

    /// <summary>The value of a tensor with a single element.</summary>
    /// <exception cref="InvalidOperationException">The tensor has another number of elements.</exception>
    public float Item() => Count == 1 ? ToArray()[0] : throw new InvalidOperationException($"Item() reads a tensor of one element, this one is {Shape}");

    /// <summary>Takes this tensor out of all scopes; the caller disposes it.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Keep()
    {
        _ = Buffer;
        MoveTo(null);
        return this;
    }

    /// <summary>
    /// Takes this tensor out of all scopes as <see cref="Keep"/> does, but leaves a <see cref="PendingProduct"/> pending: what it is worth
    /// then depends on what its operands hold when somebody asks for its elements.
    /// </summary>
    /// <returns>This tensor.</returns>
    public Tensor KeepPending()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        MoveTo(null);
        return this;
    }

    /// <summary>Gives the memory back now instead of at the end of the scope; calling it again does nothing.</summary>
    /// <exception cref="InvalidOperationException">A scope of another thread owns the tensor.</exception>
    public void Dispose()
    {
        MoveTo(null);
        TensorBuffer? buffer = Interlocked.Exchange(ref _buffer, null);
        MatMulProduct? product = Interlocked.Exchange(ref _product, null);
        if (buffer is null && product is null)
            return;
        buffer?.Release();
        product?.Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Type, extents and the first few values, such as <c>Float32 [2, 3]: 1, 2, 3, 4, 5, 6</c>.</summary>
    public override string ToString()
    {
        const int Shown = 8;
        if (IsDisposed)
            return $"{DType} {Shape} (disposed)";
        float[] values = ToArray();
        string list = string.Join(", ", values.Take(Shown).Select(v => v.ToString("G6", CultureInfo.InvariantCulture)));
        return $"{DType} {Shape}: {list}{(values.Length > Shown ? ", …" : "")}";
    }

    internal void MoveTo(TensorScope? scope)
    {
        if (Owner == scope)
            return;
        Owner?.Remove(this);
        Owner = scope;
        scope?.Add(this);
    }

    /// <summary>A matrix product that is computed when its elements are first asked for, at the latest when it is kept.</summary>
    internal static Tensor Deferred(Backend backend, Tensor a, bool transposeA, Tensor b, bool transposeB, Shape shape) =>
        new(backend, new MatMulProduct(a, transposeA, b, transposeB), shape);

    /// <summary>A new tensor over the same memory.</summary>
    internal Tensor Share(Shape shape)
    {
        Buffer.AddReference();
        return new Tensor(Backend, Buffer, shape, DType, ByteOffset);
    }

    private static Tensor From(Shape shape, DType dtype, ReadOnlySpan<byte> bytes, int count, Backend? backend)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Size != count)
            throw new ShapeMismatchException($"shape {shape} holds {shape.Size} elements, got {count} values");
        Tensor tensor = Empty(backend ?? Backend.Default, shape, dtype);
        tensor.Backend.Upload(bytes, tensor);
        return tensor;
    }

    private TensorBuffer Evaluate()
    {
        if (_product is { } product)
        {
            // Tensors are values: several threads may read one at the same time.
            lock (product)
            {
                if (_product is not null)
                    Evaluate(product);
            }
        }

        return _buffer ?? throw new ObjectDisposedException(
            nameof(Tensor), $"a tensor of shape {Shape} was used after its scope ended; Keep() it, or Return() it from the scope");
    }

    private void Evaluate(MatMulProduct product)
    {
        using Tensor result = Empty(Backend, Shape);
        Backend.MatMul(product.A, product.TransposeA, product.B, product.TransposeB, result);
        result.Buffer.AddReference();
        _buffer = result.Buffer;
        _product = null;
        product.Release();
    }
}
