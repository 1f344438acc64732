using Numerics.Golden;
using Numerics.Tensors;

namespace Numerics.Losses.Tests;

public sealed class BinaryFocalLossTests
{
    public static TheoryData<string> Cases => GoldenFile.Names("sigmoid_focal_loss.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Matches_the_reference_on_logits(string name) => Matches(name, (alpha, gamma) => new BinaryFocalLoss(alpha, gamma, fromLogits: true));

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_detectors_loss_matches_the_reference(string name) => Matches(name, (alpha, gamma) => new SigmoidFocalLoss(alpha, gamma));

    private static void Matches(string name, Func<float?, float, Loss> create)
    {
        GoldenCase golden = GoldenFile.Case("sigmoid_focal_loss.json", name);
        Loss loss = create((float?)golden.OptionalNumber("alpha"), (float)golden.Number("gamma"));
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
        var loss = new BinaryFocalLoss(0.25f, gamma, fromLogits: true);
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
            float a = new BinaryFocalLoss(0.3f, 1.5f, fromLogits: true, labelSmoothing: smoothing).Call(target, logits).Item();
            float b = new BinaryFocalLoss(0.3f, 1.5f, labelSmoothing: smoothing).Call(target, logits.Sigmoid()).Item();
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
            new BinaryCrossentropy(fromLogits: true).Call(target, logits).Item(), new BinaryFocalLoss(gamma: 0, fromLogits: true).Call(target, logits).Item());
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        Assert.Equal("alpha", Assert.Throws<ArgumentOutOfRangeException>(() => new BinaryFocalLoss(alpha: 1.5f)).ParamName);
        Assert.Equal("gamma", Assert.Throws<ArgumentOutOfRangeException>(() => new BinaryFocalLoss(gamma: -1)).ParamName);
    }
}
