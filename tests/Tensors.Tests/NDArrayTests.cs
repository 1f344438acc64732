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
}
