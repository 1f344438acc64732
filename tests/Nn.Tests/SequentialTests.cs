using CsCheck;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

public sealed class SequentialTests
{
    private static readonly Gen<(int Height, int Width, int Channels, int Filters, int Kernel, int Stride, bool Same)> s_convolution =
        Gen.Select(Gen.Int[6, 15], Gen.Int[6, 15], Gen.Int[1, 5], Gen.Int[1, 20], Gen.Int[1, 3], Gen.Int[1, 2], Gen.Bool);

    private static readonly Gen<(int Pool, int Stride, bool Same)> s_pooling = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Bool);

    [Fact]
    public void Fused_and_unfused_layers_give_the_same_numbers() => Gen.Select(s_convolution, s_pooling).Sample(
        (conv, pool) =>
        {
            using var model = new Sequential
            {
                new Conv2D(
                    conv.Filters,
                    conv.Kernel,
                    conv.Stride,
                    conv.Same ? Padding.Same : Padding.Valid,
                    activation: Activation.Relu,
                    biasInitializer: new RandomNormal(seed: 3)),
                new MaxPooling2D(pool.Pool, pool.Stride, pool.Same ? Padding.Same : Padding.Valid),
                new Flatten(),
                new Dense(3, activation: Activation.Relu, biasInitializer: new Constant(0.5f)),
            };
            Tensor input = Tensor.From(RandomArrays.Signed(2, conv.Height, conv.Width, conv.Channels));
            int pooledFrom = conv.Same ? conv.Height : conv.Height - conv.Kernel + 1;
            if (!pool.Same && ((Math.Min(pooledFrom, conv.Width - conv.Kernel + 1) + conv.Stride - 1) / conv.Stride) < pool.Pool)
                return;
            Tensor[] fused = Run(fuse: true), plain = Run(fuse: false);
            for (int i = 0; i < fused.Length; i++)
            {
                Assert.True(RandomArrays.RelativeError(plain[i], fused[i]) < 1e-5, $"result {i}: {plain[i]} against {fused[i]}");
                fused[i].Dispose();
                plain[i].Dispose();
            }

            input.Dispose();

            Tensor[] Run(bool fuse)
            {
                model.Fuse = fuse;
                using var tape = new GradientTape();
                Tensor x = tape.Watch(input), y = model.Call(x, training: true);
                Tensor weights = Tensor.RandomUniform(y.Shape, 0.5f, 1.5f, new RandomKey(1, 2));
                return [y.Keep(), .. tape.Gradient((y * weights).Sum(), [x, .. model.TrainableVariables.Select(v => v.Value)]).Select(g => g.Keep())];
            }
        },
        iter: 60);

    [Fact]
    public void Layers_may_come_as_a_list()
    {
        using var model = new Sequential([new Input((4)), .. new Layer[] { new Dense(3), new Dropout(0.5f) }, new Dense(2)], "listed");
        Assert.Equal("listed", model.Name);
        Assert.Equal(["dense", "dropout", "dense_1"], model.Layers.Select(layer => layer.Name));
        Assert.Equal((4 * 3) + 3 + (3 * 2) + 2, model.CountParams());
    }

    [Fact]
    public void Relu_inside_a_layer_equals_relu_behind_it()
    {
        NDArray picture = RandomArrays.Signed(2, 9, 8, 3);
        float[] Run(params Layer[] layers)
        {
            using var model = new Sequential();
            foreach (Layer layer in layers)
                model.Add(layer);
            using var tape = new GradientTape();
            Tensor y = model.Call(picture, training: true);
            return [.. y.ToArray(), .. tape.Gradient(y.Square().Sum(), model.TrainableVariables).SelectMany(g => g.ToArray())];
        }

        Conv2D Conv(Activation? activation) => new(5, 3, activation: activation, kernelInitializer: new HeNormal(1));
        Dense Dense(Activation? activation) => new(4, activation, kernelInitializer: new HeNormal(2));
        float[] inside = Run(Conv(Activation.Relu), new Flatten(), Dense(Activation.Relu));
        float[] behind = Run(Conv(null), Activation.Relu, new Flatten(), Dense(null), Activation.Relu);
        double scale = behind.Max(Math.Abs);
        Assert.All(inside.Zip(behind), pair => Assert.Equal(pair.Second, pair.First, 1e-5 * scale));
    }

    [Fact]
    public void Layers_and_weights_get_names_of_their_own()
    {
        using var model = new Sequential
        {
            new Input((8, 8, 3)),
            new Conv2D(2, 3), new Conv2D(2, 3, name: "stem"), new BatchNormalization(), new Flatten(),
            new Sequential { new Dense(4), new Dense(3, useBias: false) },
            new Dense(2),
        };
        Assert.Equal(["conv2d", "stem", "batch_normalization", "flatten", "sequential", "dense"], model.Layers.Select(layer => layer.Name));
        Assert.Equal(
            [
                "conv2d/kernel", "conv2d/bias", "stem/kernel", "stem/bias", "batch_normalization/gamma", "batch_normalization/beta",
                "batch_normalization/moving_mean", "batch_normalization/moving_variance", "sequential/dense/kernel", "sequential/dense/bias",
                "sequential/dense_1/kernel", "dense/kernel", "dense/bias",
            ],
            model.Variables.Select(variable => variable.Name));
        Assert.Equal(new Shape(Shape.Unknown, 2), model.OutputShape);
    }

    [Fact]
    public void A_layer_has_one_place_and_names_are_taken_once()
    {
        using var model = new Sequential { new Dense(2, name: "a") };
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => model.Add(new Dense(2, name: "a"))).Message, StringComparison.Ordinal);
        Assert.Contains("belongs to", Assert.Throws<ArgumentException>(() => model.Add(model.Layers[0])).Message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentException>(() => model.Add(model));
        _ = Assert.Throws<ArgumentException>(() => model.Add(new Input(3)));
    }

    [Fact]
    public void Layers_can_be_added_to_a_built_model()
    {
        using var model = new Sequential { new Input((6, 6, 2)), new Flatten() };
        model.Add(new Dense(3));
        Assert.Equal(new Shape(Shape.Unknown, 3), model.OutputShape);
        string message = Assert.Throws<ShapeMismatchException>(() => model.Add(new Conv2D(1, 3))).Message;
        Assert.StartsWith("Conv2D 'conv2d': expected input [batch, h, w, channels], got [None, 3]", message, StringComparison.Ordinal);
        Assert.Equal(2, model.Layers.Count);
        using var scope = new TensorScope();
        Assert.Equal(new Shape(5, 3), model.Call(RandomArrays.Signed(5, 6, 6, 2)).Shape);
    }

    [Fact]
    public void Messages_name_the_layer_and_both_shapes()
    {
        using var scope = new TensorScope();
        using var model = new Sequential { new Conv2D(16, 3, activation: Activation.Relu), new Conv2D(4, 3), new Flatten(), new Dense(2) };
        _ = model.Call(Tensor.Zeros((1, 12, 12, 3)));
        string Message(Func<Tensor> call) => Assert.Throws<ShapeMismatchException>(call).Message;
        Assert.Equal("Conv2D 'conv2d': expected input [batch, h, w, 3], got [32, 109, 109, 5]", Message(() => model.Call(Tensor.Zeros((32, 109, 109, 5)))));
        Assert.Equal("Conv2D 'conv2d_1': expected input [batch, h, w, 16], got [32, 10, 10, 3]", Message(() => model.Layers[1].Call(Tensor.Zeros((32, 10, 10, 3)))));
        Assert.Equal("Dense 'dense': expected input [batch, 256], got [1, 324]", Message(() => model.Call(Tensor.Zeros((1, 13, 13, 3)))));
        Assert.StartsWith("Conv2D 'conv2d': ", Message(() => model.Call(Tensor.Zeros((1, 2, 2, 3)))), StringComparison.Ordinal);

        using var pooled = new Sequential { new Conv2D(4, 3, activation: Activation.Relu), new MaxPooling2D(4) };
        string tooSmall = Message(() => pooled.Call(Tensor.Zeros((1, 5, 5, 3))));
        Assert.StartsWith("MaxPooling2D 'max_pooling2d': a window of 4 pixels is larger", tooSmall, StringComparison.Ordinal);
        Assert.False(pooled.Built);
        Assert.Equal(new Shape(1, 1, 1, 4), pooled.Call(Tensor.Zeros((1, 6, 6, 2))).Shape);
        Assert.Contains("Conv2D 'conv2d'", Message(() => pooled.Call(Tensor.Zeros((1, 4, 4, 2)))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_model_says_so()
    {
        var model = new Sequential { new Dense(2) };
        using (new TensorScope())
            _ = model.Call(Tensor.Zeros((1, 3)));
        Tensor kernel = model.Variables[0].Value;
        model.Dispose();
        Assert.True(kernel.IsDisposed);
        using var scope = new TensorScope();
        _ = Assert.Throws<ObjectDisposedException>(() => model.Call(Tensor.Zeros((1, 3))));
    }

    [Fact]
    public void Weights_are_got_and_set_as_arrays()
    {
        using var model = new Sequential { new Input(2), new Dense(3), new BatchNormalization() };
        using var other = new Sequential { new Input(2), new Dense(3), new BatchNormalization() };
        NDArray x = RandomArrays.Signed(4, 2);
        NDArray[] weights = model.GetWeights();
        Assert.Equal([new Shape(2, 3), new Shape(3), new Shape(3), new Shape(3), new Shape(3), new Shape(3)], weights.Select(array => array.Shape));
        other.SetWeights(weights);
        Assert.Equal(model.Predict(x).ToFloats(), other.Predict(x).ToFloats());

        // They are copies, and of a layer as well as of a model.
        weights[0].AsSpan<float>().Clear();
        Assert.Equal(model.Predict(x).ToFloats(), other.Predict(x).ToFloats());
        other.Layers[0].SetWeights([NDArray.From([2, 3], [1f, 2, 3, 4, 5, 6]), (float[])[7, 8, 9]]);
        Assert.Equal([1f, 2, 3, 4, 5, 6], other.Layers[0].GetWeights()[0].ToFloats());

        float[] before = [.. model.GetWeights().SelectMany(array => array.ToFloats())];
        string message = Assert.Throws<ShapeMismatchException>(() => model.SetWeights([.. weights[..^1], NDArray.From([4], [1f, 2, 3, 4])])).Message;
        Assert.Contains("'batch_normalization/moving_variance': expected Float32 [3], got Float32 [4]", message, StringComparison.Ordinal);
        Assert.Contains("expected 6 arrays of weights, got 5", Assert.Throws<ArgumentException>(() => model.SetWeights(weights[..^1])).Message, StringComparison.Ordinal);
        Assert.Equal(before, model.GetWeights().SelectMany(array => array.ToFloats()));
        using var unbuilt = new Dense(1);
        _ = Assert.Throws<InvalidOperationException>(() => unbuilt.GetWeights());
    }
}
