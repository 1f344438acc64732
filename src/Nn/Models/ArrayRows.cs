using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Runs and selections of the examples in an array, the first axis counting them.</summary>
public static class ArrayRows
{
    /// <summary>The examples at some positions, copied: of a <see cref="StratifiedSplit"/> or an <see cref="Oversampling"/>.</summary>
    /// <param name="array">The examples [examples, ..].</param>
    /// <param name="positions">Positions along the first axis, in any order; they may repeat.</param>
    /// <returns>An array [positions, ..] of the same type.</returns>
    /// <exception cref="ShapeMismatchException">The array is a scalar.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The array does not have a position.</exception>
    public static NDArray Take(NDArray array, ReadOnlySpan<int> positions)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (array.Shape.Rank == 0)
            throw new ShapeMismatchException("expected an array [examples, ..], got a scalar");
        foreach (int position in positions)
        {
            if ((uint)position >= (uint)array.Shape[0])
                throw new ArgumentOutOfRangeException(nameof(positions), position, $"there is no example {position} in {array}");
        }

        NDArray taken = NDArray.Empty(array.Shape.With(0, positions.Length), array.DType);
        int size = array.Shape.Product(1..) * array.DType.Size();
        for (int i = 0; i < positions.Length; i++)
            array.Bytes.Slice(positions[i] * size, size).CopyTo(taken.Bytes[(i * size)..]);
        return taken;
    }

    /// <summary>All examples of several arrays of one kind.</summary>
    /// <exception cref="ShapeMismatchException">Examples differ in shape or type.</exception>
    internal static NDArray Concat(IReadOnlyList<NDArray> arrays)
    {
        NDArray first = arrays[0];
        if (arrays.Count == 1)
            return first;
        int rows = 0;
        foreach (NDArray array in arrays)
        {
            if (array.Shape.Rank == 0 || array.Shape.With(0, 0) != first.Shape.With(0, 0) || array.DType != first.DType)
                throw new ShapeMismatchException($"batches of different examples cannot be joined: {first} and {array}");
            rows += array.Shape[0];
        }

        NDArray all = NDArray.Empty(first.Shape.With(0, rows), first.DType);
        Span<byte> rest = all.Bytes;
        foreach (NDArray array in arrays)
        {
            array.Bytes.CopyTo(rest);
            rest = rest[array.Bytes.Length..];
        }

        return all;
    }
}
