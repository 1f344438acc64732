using Numerics.Tensors;
using Numerics.Tests.Reference;

namespace Numerics.Tests.Tensors;

public sealed class OpErrorTests : ReferenceTest
{
    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        Tensor a = Tensor.Zeros((2, 3), Backend), b = Tensor.Zeros((4, 5), Backend);
        foreach (Action op in new Action[] { () => _ = a + b, () => a.MatMul(b), () => a.Dense(b, Vector(1)), () => a.Reshape(7), () => a.BroadcastTo((3, 3)) })
            Assert.Contains("[2, 3]", Assert.Throws<ShapeMismatchException>(op).Message, StringComparison.Ordinal);
        _ = Assert.Throws<ShapeMismatchException>(() => Tensor.Concat([a, b]));
        _ = Assert.Throws<ShapeMismatchException>(() => a.Conv2D(b));
        _ = Assert.Throws<ShapeMismatchException>(() => Tensor.Zeros((1, 2, 2, 1), Backend).MaxPool2D((3, 3)));
    }

    [Fact]
    public void Types_that_do_not_fit_are_named()
    {
        Tensor labels = Tensor.Range(3, Backend);
        var error = Assert.Throws<ArgumentException>(() => labels + 1f);
        Assert.Contains("Int32", error.Message, StringComparison.Ordinal);
        Assert.Contains("Cast()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_of_two_backends_do_not_mix()
    {
        using var other = new ReferenceBackend();
        _ = Assert.Throws<ArgumentException>(() => Vector(1) + Tensor.Ones(1, other));
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Tensor x = Tensor.Zeros((2, 3), Backend);
        _ = Assert.Throws<ArgumentException>(() => x.Clip(1, 0));
        _ = Assert.Throws<ArgumentException>(() => x.Transpose(0, 0));
        _ = Assert.Throws<ArgumentException>(() => x.Sum([0, 0]));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => x.Sum(2));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => x.Slice(0, 1, 2));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => x.Dropout(1));
        _ = Assert.Throws<InvalidOperationException>(() => x.Item());
        _ = Assert.Throws<ArgumentException>(() => Tensor.Concat([]));
        _ = Assert.Throws<ShapeMismatchException>(() => x.Squeeze(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5f)]
    [InlineData(float.NaN)]
    public void A_clip_distance_that_leaves_logarithms_of_zero_or_no_probabilities_is_refused(float epsilon)
    {
        Tensor p = Tensor.Full((2, 3), 0.5f, Backend), y = Tensor.Zeros((2, 3), Backend);
        foreach (Action op in new Action[] { () => p.BinaryFocal(y, new BinaryFocalTerm(2, 2), epsilon), () => p.CategoricalFocal(y, Vector(1), new FocalTerm(2), epsilon) })
            Assert.Equal("epsilon", Assert.Throws<ArgumentOutOfRangeException>(op).ParamName);
    }
}
