using Numerics.Tensors;

namespace Numerics.Tests.Tensors;

public sealed class ShapeTests
{
    [Fact]
    public void Literals_and_conversions_agree()
    {
        Shape expected = new(2, 3, 4);
        Shape literal = [2, 3, 4];
        Assert.Equal(expected, literal);
        Assert.Equal(expected, (Shape)(2, 3, 4));
        Assert.Equal(expected, new[] { 2, 3, 4 });
        Assert.Equal((Shape)5, new Shape(5));
        Assert.Equal(expected.GetHashCode(), new Shape(2, 3, 4).GetHashCode());
        Assert.True(expected == new Shape(2, 3, 4));
        Assert.True(expected != new Shape(2, 3));
    }

    [Fact]
    public void Spreading_a_shape_gives_its_extents() => Assert.Equal([7, 2, 3, 4], (int[])[7, .. new Shape(2, 3, 4)]);

    [Theory]
    [InlineData(new int[0], 1)]
    [InlineData(new[] { 3 }, 3)]
    [InlineData(new[] { 3, 0, 5 }, 0)]
    [InlineData(new[] { 3, -1 }, Shape.Unknown)]
    public void Size_is_the_number_of_elements(int[] dims, int size) => Assert.Equal(size, new Shape(dims).Size);

    [Fact]
    public void A_rank_alone_leaves_the_extents_open()
    {
        Assert.Equal(new Shape(-1, -1, -1), Shape.OfRank(3));
        Assert.Equal(new Shape(-1, -1, 4), Shape.OfRank(3).With(-1, 4));
        Assert.Equal(Shape.Scalar, Shape.OfRank(0));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => Shape.OfRank(-1));
    }

    [Fact]
    public void Axes_count_from_either_end()
    {
        Shape shape = [2, 3, 4];
        Assert.Equal(4, shape[-1]);
        Assert.Equal(4, shape[^1]);
        Assert.Equal(2, shape[0]);
        Assert.Equal(12, shape.Product(1..));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => shape[3]);
        Assert.Contains("[2, 3, 4]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_has_None_for_the_unknown() => Assert.Equal("[None, 28, 28]", new Shape(Shape.Unknown, 28, 28).ToString());

    [Fact]
    public void Impossible_shapes_are_refused()
    {
        _ = Assert.Throws<ArgumentException>(() => new Shape(-2));
        _ = Assert.Throws<ArgumentException>(() => new Shape(100_000, 100_000));
    }

    [Fact]
    public void Matching_lets_the_unknown_pass()
    {
        Assert.True(new Shape(-1, 3).Matches([8, 3]));
        Assert.False(new Shape(-1, 3).Matches([8, 4]));
        Assert.False(new Shape(-1, 3).Matches([8, 3, 1]));
    }

    [Theory]
    [InlineData(new[] { 2, 1, 4 }, new[] { 3, 1 }, new[] { 2, 3, 4 })]
    [InlineData(new int[0], new[] { 3 }, new[] { 3 })]
    [InlineData(new[] { 0 }, new[] { 1 }, new[] { 0 })]
    public void Broadcasting(int[] a, int[] b, int[] expected)
    {
        Assert.Equal(new Shape(expected), Shape.Broadcast(a, b));
        Assert.Equal(new Shape(expected), Shape.Broadcast(b, a));
    }

    [Fact]
    public void Shapes_that_do_not_broadcast_are_both_named()
    {
        var error = Assert.Throws<ShapeMismatchException>(() => Shape.Broadcast([2, 3], [4]));
        Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[4]", error.Message, StringComparison.Ordinal);
    }
}
