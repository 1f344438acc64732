using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Models made of inputs and outputs.</summary>
[Collection(SeededTests.Name)]
public sealed class FunctionalTests
{
    [Fact]
    public void A_chain_is_the_same_model_as_a_Sequential()
    {
        NDArray x = RandomArrays.Signed((3, 12, 12, 2));
        RandomGenerator.SetSeed(5);
        using var sequential = new Sequential { new Conv2D(4, 3, activation: "relu"), new MaxPooling2D(2), new Flatten(), new Dense(3, "softmax") };
        float[] expected = sequential.Predict(x).ToFloats();

        RandomGenerator.SetSeed(5);
        var inputs = new Input((12, 12, 2));
        KerasTensor y = new Conv2D(4, 3, activation: "relu").Call(inputs);
        y = new MaxPooling2D(2).Call(y);
        y = new Flatten().Call(y);
        using var model = new Model(inputs, new Dense(3, "softmax").Call(y));
        Assert.Equal("functional", model.Name);
        Assert.Equal(["input_layer", "conv2d", "max_pooling2d", "flatten", "dense"], model.Layers.Select(layer => layer.Name));
        Assert.Equal(sequential.Variables.Select(variable => variable.Name), model.Variables.Select(variable => variable.Name));
        Assert.Equal(new Shape(Shape.Unknown, 3), model.OutputShape);
        Assert.Equal(expected, model.Predict(x).ToFloats());
    }

    [Fact]
    public void A_shortcut_adds_up()
    {
        var inputs = new Input(4);
        var dense = new Dense(4, kernelInitializer: new Constant(0.5f));
        using var model = new Model(inputs, dense.Call(inputs) + inputs);
        Assert.Equal([6f, 7, 8, 9], model.Predict(new float[,] { { 1, 2, 3, 4 } }).ToFloats());
    }

    [Fact]
    public void Merging_layers_do_what_their_names_say()
    {
        var a = new Input(2, "a");
        var b = new Input(2, "b");
        KerasTensor[] both = [a, b];
        using var model = new Model(both, [
            new Add().Call(both), new Subtract().Call(both), new Multiply().Call(both), new Average().Call(both),
            new Maximum().Call(both), new Minimum().Call(both), new Concatenate().Call(both)]);
        using var scope = new TensorScope();
        Tensor[] outputs = model.CallAll([Tensor.From((1, 2), [1f, 6]), Tensor.From((1, 2), [3f, 2])]);
        float[][] expected = [[4, 8], [-2, 4], [3, 12], [2, 4], [3, 6], [1, 2], [1, 6, 3, 2]];
        Assert.Equal(expected, outputs.Select(output => output.ToArray()));
        Assert.Contains("7 outputs", Assert.Throws<ArgumentException>(() => model.Call([Tensor.Ones((1, 2)), Tensor.Ones((1, 2))])).Message, StringComparison.Ordinal);
        Assert.Contains("expected 2 inputs", Assert.Throws<ShapeMismatchException>(() => model.CallAll([Tensor.Ones((1, 2))])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shared_layer_has_one_kernel_and_the_sum_of_both_gradients()
    {
        var inputs = new Input(3);
        var shared = new Dense(3, useBias: false, kernelInitializer: new RandomNormal(seed: 1));
        KerasTensor twice = shared.Call(shared.Call(inputs));
        using var model = new Model(inputs, twice);
        _ = Assert.Single(model.Variables);
        Assert.Equal(2, shared.InboundNodes.Count);
        _ = Assert.Throws<InvalidOperationException>(() => shared.Output);

        using var tape = new GradientTape();
        Tensor x = Tensor.From((2, 3), [1f, 2, 3, -1, 0, 2]);
        Tensor actual = tape.Gradient(model.Call(x).Square().Sum(), model.Variables)[0];
        Tensor kernel = shared.Kernel!;
        Tensor expected = tape.Gradient(x.MatMul(kernel).MatMul(kernel).Square().Sum(), kernel);
        Assert.Equal(expected.ToArray(), actual.ToArray());
    }

    [Fact]
    public void Models_are_layers_of_models_and_are_trained_with_them()
    {
        RandomGenerator.SetSeed(3);
        var small = new Input(2);
        var encoder = new Model(small, new Dense(8, "tanh").Call(small), "encoder");
        var inputs = new Input(2);
        using var model = new Model(inputs, new Dense(2, "softmax").Call(encoder.Call(inputs)));
        Assert.Equal(["encoder/dense/kernel", "encoder/dense/bias", "dense/kernel", "dense/bias"], model.Variables.Select(variable => variable.Name));
        model.Compile(new Adam(0.05f), new CategoricalCrossentropy(), [Metric.Accuracy]);
        NDArray x = RandomArrays.Signed((200, 2));
        float[] values = x.ToFloats();
        var y = new NDArray((200, 2));
        for (int i = 0; i < 200; i++)
            y.AsSpan<float>()[(2 * i) + (values[2 * i] > values[(2 * i) + 1] ? 1 : 0)] = 1;
        History history = model.Fit(x, y, epochs: 20, verbose: 0);
        Assert.True(history["accuracy"][^1] > 0.95, $"accuracy {history["accuracy"][^1]}");
    }

    [Fact]
    public void A_model_of_inner_layers_shares_them()
    {
        NDArray x = RandomArrays.Signed((2, 8, 8, 1));
        using var whole = new Sequential { new Input((8, 8, 1)), new Conv2D(3, 3, activation: "relu"), new MaxPooling2D(2), new Flatten(), new Dense(2) };
        using (var features = new Model(whole.Inputs, [whole.Layers[0].Output, whole.Outputs[0]]))
        {
            using var scope = new TensorScope();
            Tensor[] outputs = features.CallAll([x]);
            Assert.Equal(whole.Layers[0].Call(x).ToArray(), outputs[0].ToArray());
            Assert.Equal(whole.Call(x).ToArray(), outputs[1].ToArray());
        }

        // The other model owns the layers.
        Assert.Equal(new Shape(2, 2), whole.Predict(x).Shape);
    }

    [Fact]
    public void A_convolution_is_pooled_in_passing_only_where_nobody_else_reads_it()
    {
        NDArray x = RandomArrays.Signed((2, 9, 9, 2));
        var inputs = new Input((9, 9, 2));
        KerasTensor conv = new Conv2D(3, 3, activation: "relu").Call(inputs);
        KerasTensor pooled = new Flatten().Call(new MaxPooling2D(2).Call(conv)), other = new GlobalAveragePooling2D().Call(conv);
        using var model = new Model(inputs, new Concatenate().Call([pooled, other]));
        using var scope = new TensorScope();
        Tensor all = model.GetLayer("conv2d").Call(x);
        Tensor expected = Tensor.Concat([all.MaxPool2D((2, 2), (2, 2), Padding.Valid).Reshape(2, 27), all.Mean([1, 2])], 1);
        Assert.Equal(expected.ToArray(), model.Call(x).ToArray());
    }

    [Fact]
    public void Wrong_graphs_are_refused_by_name()
    {
        var a = new Input(2, "a");
        var b = new Input(3, "b");
        KerasTensor sum = new Dense(2).Call(b);
        Assert.Contains("'b'", Assert.Throws<ArgumentException>(() => new Model(a, sum)).Message, StringComparison.Ordinal);
        Assert.Contains("[None, 2] and [None, 3]", Assert.Throws<ShapeMismatchException>(() => new Add().Call([a, b])).Message, StringComparison.Ordinal);
        Assert.Contains("add", Assert.Throws<ShapeMismatchException>(() => new Add().Call((KerasTensor)a)).Message, StringComparison.Ordinal);
        Assert.Contains("one input", Assert.Throws<ShapeMismatchException>(() => new Dense(2).Call([a, b])).Message, StringComparison.Ordinal);
        using var model = new Model(a, new Dense(2, name: "head").Call(a));
        Assert.Contains("a, head", Assert.Throws<ArgumentException>(() => model.GetLayer("dense")).Message, StringComparison.Ordinal);
        _ = Assert.Throws<ShapeMismatchException>(() => model.Predict(new NDArray((4, 3))));
        KerasTensor first = new Dense(2, name: "same").Call(a);
        Assert.Contains("'same'", Assert.Throws<ArgumentException>(() => new Model(a, new Dense(2, name: "same").Call(first))).Message, StringComparison.Ordinal);
    }
}
