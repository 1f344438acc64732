using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Numerics.Tensors;

/// <summary>
/// An n-dimensional array in ordinary managed memory: what data sets, files and user code hold before and after it visits a
/// backend. It is contiguous and row-major, and converts to a <see cref="Tensor"/> wherever one is asked for.
/// </summary>
public sealed class NDArray
{
    private readonly Memory<byte> _bytes;

    /// <summary>Creates an array of zeros.</summary>
    /// <param name="shape">The extents, all known.</param>
    /// <param name="dtype">The element type.</param>
    public NDArray(Shape shape, DType dtype = DType.Float32)
        : this(shape, dtype, new byte[ByteLength(shape, dtype)])
    {
    }

    private NDArray(Shape shape, DType dtype, Memory<byte> bytes)
    {
        Shape = shape;
        DType = dtype;
        _bytes = bytes;
    }

    /// <summary>The extents.</summary>
    public Shape Shape { get; }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The elements' bytes, row-major, in the machine's byte order; writes go through.</summary>
    public Span<byte> Bytes => _bytes.Span;

    /// <summary>An array whose elements are not set; for code that writes every one of them.</summary>
    /// <param name="shape">The extents, all known.</param>
    /// <param name="dtype">The element type.</param>
    public static NDArray Empty(Shape shape, DType dtype = DType.Float32) =>
        new(shape, dtype, GC.AllocateUninitializedArray<byte>(ByteLength(shape, dtype)));

    /// <summary>An array of floats over a copy of <paramref name="values"/>.</summary>
    /// <param name="shape">The extents; their product is the number of values.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <exception cref="ShapeMismatchException">The number of values does not fit the shape.</exception>
    public static NDArray From(Shape shape, ReadOnlySpan<float> values) => From(shape, DType.Float32, MemoryMarshal.AsBytes(values), values.Length);

    /// <summary>An array of integers over a copy of <paramref name="values"/>.</summary>
    /// <inheritdoc cref="From(Shape, ReadOnlySpan{float})"/>
    public static NDArray From(Shape shape, ReadOnlySpan<int> values) => From(shape, DType.Int32, MemoryMarshal.AsBytes(values), values.Length);

    /// <summary>An array of floats over <paramref name="values"/>, each rounded to the nearest float.</summary>
    /// <inheritdoc cref="From(Shape, ReadOnlySpan{float})"/>
    public static NDArray From(Shape shape, ReadOnlySpan<double> values)
    {
        ArgumentNullException.ThrowIfNull(shape);
        float[] floats = new float[values.Length];
        TensorPrimitives.ConvertTruncating(values, floats);
        return From(shape, floats);
    }

    /// <summary>An array of bytes over a copy of <paramref name="values"/>.</summary>
    /// <param name="shape">The extents; their product is the number of values.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="dtype"><see cref="DType.UInt8"/> or <see cref="DType.UNorm8"/>.</param>
    /// <exception cref="ShapeMismatchException">The number of values does not fit the shape.</exception>
    public static NDArray From(Shape shape, ReadOnlySpan<byte> values, DType dtype = DType.UInt8)
    {
        if (dtype.Size() != 1)
            throw new ArgumentException($"bytes are UInt8 or UNorm8, not {dtype}", nameof(dtype));
        return From(shape, dtype, values, values.Length);
    }

    /// <summary>A vector of floats.</summary>
    public static implicit operator NDArray(float[] values) => From(values.Length, values);

    /// <summary>A vector of integers.</summary>
    public static implicit operator NDArray(int[] values) => From(values.Length, values);

    /// <summary>A matrix of floats.</summary>
    public static implicit operator NDArray(float[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ref float first = ref Unsafe.As<byte, float>(ref MemoryMarshal.GetArrayDataReference(values));
        return From([values.GetLength(0), values.GetLength(1)], MemoryMarshal.CreateReadOnlySpan(ref first, values.Length));
    }

    /// <summary>The elements as <typeparamref name="T"/>, without a copy; writes go through.</summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="int"/> or <see cref="byte"/>, as <see cref="DType"/> says.</typeparam>
    /// <exception cref="InvalidOperationException">The array holds another type.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        // By the type first: the other way round, a switch whose arms are constants ran forever when compiled ahead of time.
        bool fits = typeof(T) == typeof(float) ? DType == DType.Float32
            : typeof(T) == typeof(int) ? DType == DType.Int32
            : typeof(T) == typeof(byte) && DType is not (DType.Float32 or DType.Int32);
        if (!fits)
            throw new InvalidOperationException($"an array of {DType} cannot be read as {typeof(T).Name}");
        return MemoryMarshal.Cast<byte, T>(_bytes.Span);
    }

    /// <summary>The values as floats: integers converted, <see cref="DType.UNorm8"/> divided by 255.</summary>
    public float[] ToFloats()
    {
        var values = new float[Shape.Size];
        switch (DType)
        {
            case DType.Float32:
                AsSpan<float>().CopyTo(values);
                break;
            case DType.Int32:
                TensorPrimitives.ConvertTruncating<int, float>(AsSpan<int>(), values);
                break;
            default:
                TensorPrimitives.ConvertTruncating<byte, float>(Bytes, values);
                if (DType == DType.UNorm8)
                    TensorPrimitives.Divide(values, 255f, values);
                break;
        }

        return values;
    }

    /// <summary>The same elements under another shape; the memory is shared.</summary>
    /// <exception cref="ShapeMismatchException">The number of elements differs.</exception>
    public NDArray Reshape(Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Size != Shape.Size)
            throw new ShapeMismatchException($"cannot reshape {Shape} into {shape}: {Shape.Size} elements against {shape.Size}");
        return new NDArray(shape, DType, _bytes);
    }

    /// <summary>Some of the elements along the first axis; the memory is shared.</summary>
    /// <param name="start">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The array does not have them.</exception>
    public NDArray Slice(int start, int count)
    {
        int length = Shape.Rank == 0 ? 0 : Shape[0];
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, length - count);
        int size = Shape.Product(1..) * DType.Size();
        return new NDArray(Shape.With(0, count), DType, _bytes.Slice(start * size, count * size));
    }

    /// <summary>Type and extents, such as <c>Float32 [2, 3]</c>.</summary>
    public override string ToString() => $"{DType} {Shape}";

    private static NDArray From(Shape shape, DType dtype, ReadOnlySpan<byte> bytes, int count)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Size != count)
            throw new ShapeMismatchException($"shape {shape} holds {shape.Size} elements, got {count} values");
        return new NDArray(shape, dtype, bytes.ToArray());
    }

    private static int ByteLength(Shape shape, DType dtype)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (!shape.IsFullyKnown)
            throw new ArgumentException($"an array needs every extent, got {shape}", nameof(shape));
        return checked(shape.Size * dtype.Size());
    }
}
