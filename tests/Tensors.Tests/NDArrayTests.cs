using Numerics.Tensors;

namespace Numerics.Tests.Tensors;

public sealed class NDArrayTests
{
    [Fact]
    public void Values_come_back_in_every_type()
    {
        Assert.Equal([1.5f, -2f], NDArray.From(2, [1.5f, -2f]).ToFloats());
        Assert.Equal([3f, -4f], NDArray.From(2, [3, -4]).ToFloats());
        Assert.Equal([0f, 255f], NDArray.From(2, (ReadOnlySpan<byte>)[0, 255]).ToFloats());
        Assert.Equal([0f, 1f], NDArray.From(2, (ReadOnlySpan<byte>)[0, 255], DType.UNorm8).ToFloats());
        NDArray matrix = new[,] { { 1f, 2f, 3f }, { 4f, 5f, 6f } };
        Assert.Equal(new Shape(2, 3), matrix.Shape);
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], matrix.ToFloats());
        NDArray empty = new float[0, 3];
        Assert.Equal(new Shape(0, 3), empty.Shape);
    }

    [Fact]
    public void Spans_write_through_and_know_their_type()
    {
        var array = new NDArray((2, 2));
        array.AsSpan<float>()[3] = 7;
        Assert.Equal([0f, 0f, 0f, 7f], array.Reshape(4).ToFloats());
        _ = Assert.Throws<InvalidOperationException>(() => array.AsSpan<int>());
    }

    [Fact]
    public void Wrong_counts_are_refused()
    {
        _ = Assert.Throws<ShapeMismatchException>(() => NDArray.From((2, 2), [1f, 2f, 3f]));
        _ = Assert.Throws<ShapeMismatchException>(() => new NDArray((2, 2)).Reshape(5));
        _ = Assert.Throws<ArgumentException>(() => new NDArray((Shape.Unknown, 2)));
    }

    [Fact]
    public void A_slice_shares_the_memory()
    {
        NDArray array = NDArray.From((4, 3), [0f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        NDArray slice = array.Slice(1, 2);
        Assert.Equal(new Shape(2, 3), slice.Shape);
        Assert.Equal([3f, 4, 5, 6, 7, 8], slice.ToFloats());
        slice.AsSpan<float>()[0] = -1;
        Assert.Equal(-1, array.AsSpan<float>()[3]);
        Assert.Equal([6f, 7, 8], slice.Slice(1, 1).ToFloats());
        Assert.Empty(array.Slice(4, 0).ToFloats());
    }

    [Fact]
    public void A_slice_beyond_the_array_is_refused()
    {
        var array = new NDArray((4, 3));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => array.Slice(3, 2));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => array.Slice(-1, 2));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => array.Slice(1, -1));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new NDArray(Shape.Scalar).Slice(0, 1));
    }

    [Fact]
    public void Doubles_are_rounded_to_floats()
    {
        NDArray array = NDArray.From([2, 2], [0.1, -1e300, 1 + 1e-9, double.NaN]);
        Assert.Equal(DType.Float32, array.DType);
        Assert.Equal([0.1f, float.NegativeInfinity, 1, float.NaN], array.ToFloats());
        Assert.Equal([1 / 3f], NDArray.From(1, new double[] { 1 / 3.0 }).ToFloats());
        _ = Assert.Throws<ShapeMismatchException>(() => NDArray.From([3], new double[2]));
        Assert.Equal(DType.Int32, NDArray.From([2], [1, 2]).DType);
        Assert.Equal(DType.Float32, NDArray.From([2], [1f, 2]).DType);
    }
}
