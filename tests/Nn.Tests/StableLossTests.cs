using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

public sealed class StableLossTests
{
    [Theory]
    [InlineData(FocalGradient.Stable, 0.25f)]
    [InlineData(FocalGradient.Clipped, 0f)]
    public void A_model_that_ends_in_a_softmax_learns_from_what_it_gets_wrong_with_certainty(FocalGradient gradient, float pull)
    {
        using Sequential model = Certain();
        model.Compile(new SGD(1), new CategoricalFocalLoss(gradient: gradient));
        _ = model.TrainOnBatch((NDArray)new float[,] { { 20 } }, (NDArray)new float[,] { { 0, 1 } });
        float[] bias = model.Variables[1].Value.ToArray();
        Assert.Equal(-pull, bias[0], 1e-6f);
        Assert.Equal(pull, bias[1], 1e-6f);
    }

    [Fact]
    public void Training_and_evaluation_see_the_same_loss()
    {
        using Sequential model = Certain();
        model.Compile(new SGD(0), new CategoricalFocalLoss());
        NDArray x = new float[,] { { 20 }, { 30 } }, y = new float[,] { { 0, 1 }, { 0, 1 } };
        double training = model.TrainOnBatch(x, y)["loss"], evaluation = model.Evaluate(x, y)["loss"];
        Assert.Equal(0.25 * 25, training, 1e-5);
        Assert.Equal(training, evaluation);
    }

    // The input is the first logit, the other one is 0.
    private static Sequential Certain()
    {
        var model = new Sequential { new Dense(2, Activation.Softmax) };
        model.Build(new Shape(Shape.Unknown, 1));
        model.Variables[0].Assign((NDArray)new float[,] { { 1, 0 } });
        return model;
    }
}
