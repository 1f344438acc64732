using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

[Collection(SeededTests.Name)]
public sealed class TensorBatchTests
{
    private static readonly float[] s_weights = [1, 2, 0.5f, 1, 3, 1];

    [Fact]
    public void A_batch_that_is_on_the_backend_trains_as_an_array_does()
    {
        float[][] expected = Train((model, x, y) => model.TrainOnBatch(x, y, NDArray.From(6, s_weights)));
        float[][] actual = Train((model, x, y) =>
        {
            using Tensor tensorX = Tensor.From(x).Keep(), tensorY = Tensor.From(y).Keep(), weights = Tensor.From(6, s_weights).Keep();
            return model.TrainOnBatch(tensorX, tensorY, weights);
        });
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var model = new Sequential { new Dense(2, Activation.Softmax) };
        model.Compile(new Adam(), new CategoricalCrossentropy());
        using var scope = new TensorScope();
        ShapeMismatchException error = Assert.Throws<ShapeMismatchException>(() => model.TrainOnBatch(Tensor.Ones((3, 4)), Tensor.Ones((2, 2))));
        Assert.Contains("[3, 4]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 2]", error.Message, StringComparison.Ordinal);
        _ = Assert.Throws<ShapeMismatchException>(() => model.TrainOnBatch(Tensor.Ones((3, 4)), Tensor.Ones((3, 2)), Tensor.Ones(2)));
    }

    private static float[][] Train(Func<Model, NDArray, NDArray, IReadOnlyDictionary<string, double>> step)
    {
        RandomGenerator.SetSeed(7);
        using var model = new Sequential { new Dense(5, Activation.Relu), new Dense(2, Activation.Softmax) };
        model.Compile(new Adam(0.01f), new CategoricalFocalLoss(), [new CategoricalAccuracy()]);
        float[] inputs = [.. Enumerable.Range(0, 18).Select(i => MathF.Sin(i))], targets = [1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0];
        NDArray x = NDArray.From((6, 3), inputs), y = NDArray.From((6, 2), targets);
        float[] losses = [.. Enumerable.Range(0, 4).Select(_ => (float)step(model, x, y)["loss"])];
        Assert.True(losses[^1] < losses[0]);
        return [losses, .. model.Variables.Select(variable => variable.Value.ToArray())];
    }
}
