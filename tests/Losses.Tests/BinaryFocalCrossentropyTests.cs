using Numerics.Golden;
using Numerics.Tensors;

namespace Numerics.Losses.Tests;

public sealed class BinaryFocalCrossentropyTests
{
    public static TheoryData<string> Cases => GoldenFile.Names("sigmoid_focal_loss.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Matches_the_reference_on_logits(string name)
    {
        GoldenCase golden = GoldenFile.Case("sigmoid_focal_loss.json", name);
        var loss = new BinaryFocalCrossentropy((float?)golden.OptionalNumber("alpha"), (float)golden.Number("gamma"), fromLogits: true);
        using var tape = new GradientTape();
        Tensor logits = tape.Watch(golden.Tensor("logits").ToNDArray());
        Tensor value = loss.Call(golden.Tensor("y_true").ToNDArray(), logits);
        GoldenAssert.Close(golden.Number("loss"), value.Item(), "loss");
        GoldenAssert.Close(golden.Tensor("grad_logits"), tape.Gradient(value, logits), "gradient");
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.5f)]
    [InlineData(2f)]
    public void Is_finite_with_its_gradient_for_extreme_logits(float gamma)
    {
        var loss = new BinaryFocalCrossentropy(0.25f, gamma, fromLogits: true);
        using var tape = new GradientTape();
        Tensor logits = tape.Watch((NDArray)new float[] { -200, -90, 0, 90, 200, 200, -200 });
        Tensor value = loss.Call((NDArray)new float[] { 0, 0, 1, 1, 1, 0, 1 }, logits);
        Assert.All(tape.Gradient(value, logits).ToArray().Append(value.Item()), x => Assert.True(float.IsFinite(x)));
    }

    [Fact]
    public void Logits_and_their_sigmoids_have_one_loss()
    {
        using var scope = new TensorScope();
        Tensor logits = (NDArray)new float[] { -2, -1, 0.5f, 3 };
        NDArray target = new float[] { 0, 1, 1, 0 };
        foreach (float smoothing in new[] { 0f, 0.2f })
        {
            float a = new BinaryFocalCrossentropy(0.3f, 1.5f, fromLogits: true, labelSmoothing: smoothing).Call(target, logits).Item();
            float b = new BinaryFocalCrossentropy(0.3f, 1.5f, labelSmoothing: smoothing).Call(target, logits.Sigmoid()).Item();
            Assert.Equal(a, b, 1e-5f);
        }
    }

    [Fact]
    public void Without_focus_and_weights_it_is_the_crossentropy()
    {
        using var scope = new TensorScope();
        Tensor logits = (NDArray)new float[] { -2, -1, 0.5f, 3 };
        NDArray target = new float[] { 0, 1, 1, 0 };
        Assert.Equal(
            new BinaryCrossentropy(fromLogits: true).Call(target, logits).Item(), new BinaryFocalCrossentropy(gamma: 0, fromLogits: true).Call(target, logits).Item());
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        Assert.Equal("alpha", Assert.Throws<ArgumentOutOfRangeException>(() => new BinaryFocalCrossentropy(alpha: 1.5f)).ParamName);
        Assert.Equal("gamma", Assert.Throws<ArgumentOutOfRangeException>(() => new BinaryFocalCrossentropy(gamma: -1)).ParamName);
    }
}
