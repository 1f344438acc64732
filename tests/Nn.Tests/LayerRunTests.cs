using System.Diagnostics;
using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Layers that are computed together give what they give one by one.</summary>
[Collection(SeededTests.Name)]
public sealed class LayerRunTests
{
    public static TheoryData<string> Networks => [.. s_networks.Keys];

    private static readonly Dictionary<string, Func<Layer[]>> s_networks = new()
    {
        ["convolution, normalisation, ReLU"] = () => [new Conv2D(6, 3, padding: Padding.Same, useBias: false), new BatchNormalization(), new ReLU()],
        ["with a bias"] = () => [new Conv2D(6, 3, biasInitializer: new RandomNormal()), new BatchNormalization(), new ReLU()],
        ["an activation of that name"] = () => [new Conv2D(6, 3), new BatchNormalization(), new Activation("relu")],
        ["groups"] = () => [new Conv2D(6, 3, groups: 2), new BatchNormalization(), new ReLU()],
        ["no ReLU"] = () => [new Conv2D(6, 3), new BatchNormalization()],
        ["another ReLU"] = () => [new Conv2D(6, 3), new BatchNormalization(), new ReLU(0.5f)],
        ["no factor"] = () => [new Conv2D(6, 3), new BatchNormalization(scale: false), new ReLU()],
        ["no offset"] = () => [new Conv2D(6, 3), new BatchNormalization(center: false), new ReLU()],
        ["more weights than outputs"] = () => [new Conv2D(70, 7), new BatchNormalization(), new ReLU()],
        ["an activation between"] = () => [new Conv2D(6, 3, activation: "tanh"), new BatchNormalization(), new ReLU()],
        ["depthwise"] = () => [new DepthwiseConv2D(3, depthMultiplier: 2, useBias: false), new BatchNormalization(), new ReLU()],
        ["transposed"] = () => [new Conv2DTranspose(3, 3), new BatchNormalization(), new ReLU()],
        ["normalisation first"] = () => [new BatchNormalization(), new ReLU(), new Conv2D(3, 3), new MaxPooling2D(2)],
        ["two in a row"] = () => [new Conv2D(4, 3), new BatchNormalization(), new ReLU(), new Conv2D(3, 1), new BatchNormalization(), new ReLU()],
        ["a penalty on what ReLU gives"] = () => [new Conv2D(6, 3), new BatchNormalization(), new ReLU(), new ActivityRegularization(l2: 0.1f)],
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Together_they_train_and_predict_as_one_by_one(string network)
    {
        NDArray x = RandomArrays.Signed((5, 8, 9, 4));
        using Sequential together = Network(network, fuse: true), apart = Network(network, fuse: false);
        NDArray y = RandomArrays.Signed(together.ComputeOutputShape(x.Shape).With(0, 5));
        for (int step = 0; step < 3; step++)
            Close([(float)apart.TrainOnBatch(x, y)["loss"]], [(float)together.TrainOnBatch(x, y)["loss"]]);
        foreach ((Variable expected, Variable actual) in apart.Variables.Zip(together.Variables))
            Close(expected.Value.ToArray(), actual.Value.ToArray());
        Close(apart.Predict(x).ToFloats(), together.Predict(x).ToFloats());
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Frozen_normalisations_pass_the_same_gradients(string network)
    {
        using Sequential together = Network(network, fuse: true), apart = Network(network, fuse: false);
        NDArray images = RandomArrays.Signed((5, 8, 9, 4));
        foreach (Sequential model in new[] { together, apart })
        {
            foreach (BatchNormalization layer in model.Layers.OfType<BatchNormalization>())
                layer.Trainable = false;
        }

        float[][] expected = Gradients(apart, images), actual = Gradients(together, images);
        Assert.Equal(expected.Length, actual.Length);
        foreach ((float[] one, float[] other) in expected.Zip(actual))
            Close(one, other);
    }

    [Fact]
    public void Profilers_see_the_names_of_all_layers_that_are_one()
    {
        using Sequential model = Network("convolution, normalisation, ReLU", fuse: true);
        NDArray x = RandomArrays.Signed((2, 8, 9, 4));
        Assert.Equal(["sequential", "conv2d", "batch_normalization + re_lu"], Names(() => _ = model.Call(Tensor.From(x), training: true)));
        Assert.Equal(["sequential", "conv2d + batch_normalization + re_lu"], Names(() => _ = model.Call(Tensor.From(x))));
        model.Fuse = false;
        Assert.Equal(["sequential", "conv2d", "batch_normalization", "re_lu"], Names(() => _ = model.Call(Tensor.From(x))));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Sums_and_the_relu_behind_them_are_one(int terms, bool layer)
    {
        RandomGenerator.SetSeed(7);
        var inputs = new Input((6, 6, 2));
        KerasTensor sum = new Add().Call([.. Enumerable.Range(0, terms).Select(_ => new Conv2D(3, 3).Call(inputs))]);
        KerasTensor positive = layer ? new ReLU().Call(sum) : new Activation("relu").Call(sum);
        KerasTensor[] both = [sum, positive];
        using Model apart = new((KerasTensor[])[inputs], both), together = new(inputs, positive);
        NDArray images = RandomArrays.Signed((2, 6, 6, 2));
        Assert.Equal($"add + {positive.Layer.Name}", Names(() => _ = together.Call(Tensor.From(images)))[^1]);
        float[][] expected = Results(apart), actual = Results(together);
        Assert.Equal(terms * 2 + 2, actual.Length);
        Assert.Contains(expected[0], value => value > 0);
        foreach ((float[] one, float[] other) in expected.Zip(actual))
            Assert.Equal(one, other);

        float[][] Results(Model model)
        {
            using var scope = new TensorScope();
            using var tape = new GradientTape();
            Tensor x = tape.Watch(Tensor.From(images)), y = model.CallAll([x], training: true)[^1];
            Tensor[] gradients = tape.Gradient(y.Square().Sum(), [x, .. model.TrainableVariables.Select(variable => variable.Value)]);
            return [y.ToArray(), .. gradients.Select(gradient => gradient.ToArray())];
        }
    }

    [Fact]
    public void What_somebody_else_reads_is_computed_by_itself()
    {
        var inputs = new Input((6, 6, 2));
        KerasTensor convolved = new Conv2D(3, 3, useBias: false).Call(inputs), normalised = new BatchNormalization().Call(convolved);
        KerasTensor positive = new ReLU().Call(normalised);
        KerasTensor[] outputsOfAll = [convolved, normalised, positive];
        using Model all = new((KerasTensor[])[inputs], outputsOfAll), last = new(inputs, positive);
        NDArray x = RandomArrays.Signed((2, 6, 6, 2));
        using var scope = new TensorScope();
        Tensor[] outputs = all.CallAll([Tensor.From(x)]);
        Close(outputs[2].ToArray(), last.Predict(x).ToFloats());
        Close(outputs[2].ToArray(), outputs[1].Relu().ToArray());
        Assert.Contains(outputs[1].ToArray(), value => value < 0);
    }

    private static Sequential Network(string name, bool fuse)
    {
        RandomGenerator.SetSeed(7);
        var model = new Sequential { Fuse = fuse };
        model.Add(new Input((8, 9, 4)));
        foreach (Layer layer in s_networks[name]())
            model.Add(layer);
        model.Compile(new SGD(0.05f), new MeanSquaredError());
        return model;
    }

    private static float[][] Gradients(Sequential model, NDArray images)
    {
        using var scope = new TensorScope();
        using var tape = new GradientTape();
        Tensor x = tape.Watch(Tensor.From(images));
        Tensor loss = model.Call(x, training: true).Square().Sum();
        return [.. tape.Gradient(loss, [x, .. model.TrainableVariables.Select(variable => variable.Value)]).Select(gradient => gradient.ToArray())];
    }

    private static List<string> Names(Action work)
    {
        var names = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => names.Add((string)activity.GetTagItem(Tracing.SubjectTag)!),
        };
        ActivitySource.AddActivityListener(listener);
        using var scope = new TensorScope();
        work();
        return names;
    }

    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float largest = expected.Length == 0 ? 0 : expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-5f * (1 + largest), $"[{i}]: {expected[i]} and {actual[i]}");
    }
}
