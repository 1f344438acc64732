using Numerics.Tensors;

namespace Numerics.Nn.Tests;

public sealed class LayerTests
{
    public static TheoryData<string> LayerKinds => [.. Layers().Keys];

    [Theory]
    [MemberData(nameof(LayerKinds))]
    public void The_promised_shape_is_the_shape(string kind)
    {
        using Layer layer = Layers()[kind]();
        using var scope = new TensorScope();
        Tensor x = RandomArrays.Signed(3, 7, 9, 4);
        Shape promised = layer.ComputeOutputShape(x.Shape), open = layer.ComputeOutputShape(x.Shape.With(0, Shape.Unknown));
        Tensor y = layer.Call(x);
        Assert.Equal(promised, y.Shape);
        Assert.Equal(promised.With(0, Shape.Unknown), open);
        Assert.Equal(open, layer.OutputShape);
        Assert.Equal(promised, layer.Call(x, training: true).Shape);
    }

    [Fact]
    public void Unknown_pictures_give_unknown_extents()
    {
        using var conv = new Conv2D(5, 3);
        Shape pictures = (Shape.Unknown, Shape.Unknown, 20, 4);
        Assert.Equal(new Shape(Shape.Unknown, Shape.Unknown, 18, 5), conv.ComputeOutputShape(pictures));
        Assert.Equal(new Shape(Shape.Unknown, Shape.Unknown), new Flatten().ComputeOutputShape(pictures));
        Assert.Equal(pictures, new ZeroPadding2D((0, 0)).ComputeOutputShape(pictures));
    }

    [Fact]
    public void Bytes_of_pictures_arrive_as_numbers_from_0_to_1()
    {
        using var scope = new TensorScope();
        using var layer = new Rescaling(2, 1);
        byte[] bytes = [0, 51, 255];
        Assert.Equal([1f, 1.4f, 3f], layer.Call(NDArray.From([1, 3], bytes, DType.UNorm8)).ToArray().Select(v => MathF.Round(v, 5)));
        Assert.Equal([1f, 103f, 511f], layer.Call(NDArray.From([1, 3], bytes)).ToArray());
    }

    [Fact]
    public void Dense_acts_on_the_last_axis()
    {
        using var scope = new TensorScope();
        using var layer = new Dense(5, activation: Activation.Tanh);
        Tensor x = RandomArrays.Signed(2, 3, 4);
        float[] stacked = layer.Call(x).ToArray();
        using var rows = new Dense(5, activation: Activation.Tanh);
        rows.Build((6, 4));
        rows.Kernel!.Assign(layer.Kernel!.Value);
        Assert.Equal(rows.Call(x.Reshape((6, 4))).ToArray(), stacked);
    }

    [Fact]
    public void Dropout_drops_in_training_only_and_keeps_the_mean()
    {
        using var scope = new TensorScope();
        using var layer = new Dropout(0.25f, seed: 7);
        using var same = new Dropout(0.25f, seed: 7);
        Tensor x = Tensor.Ones((100, 200));
        Assert.Same(x, layer.Call(x));
        float[] first = layer.Call(x, training: true).ToArray(), second = layer.Call(x, training: true).ToArray();
        Assert.NotEqual(first, second);
        Assert.Equal(first, same.Call(x, training: true).ToArray());
        Assert.InRange(first.Count(value => value == 0) / 20000.0, 0.23, 0.27);
        Assert.InRange(first.Average(), 0.97f, 1.03f);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(1));
    }

    [Fact]
    public void Spatial_dropout_drops_whole_channels_of_a_picture()
    {
        using var scope = new TensorScope();
        using var layer = new SpatialDropout2D(0.25f, seed: 7);
        Tensor x = Tensor.Ones((200, 3, 2, 50));
        Assert.Same(x, layer.Call(x));
        float[] y = layer.Call(x, training: true).ToArray();
        for (int picture = 0; picture < 200; picture++)
        {
            for (int i = 0; i < 6 * 50; i++)
                Assert.Equal(y[(picture * 300) + (i % 50)], y[(picture * 300) + i]);
        }

        Assert.All(y, value => Assert.True(value is 0 or 1 / 0.75f));
        Assert.InRange(y.Average(), 0.95f, 1.05f);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new SpatialDropout2D(-0.1f));
        _ = Assert.Throws<ShapeMismatchException>(() => layer.Call(Tensor.Ones((2, 3))));
    }

    [Fact]
    public void Noise_has_its_mean_and_deviation_in_training_only()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.Full((100, 200), 2f);
        foreach ((Layer layer, double deviation) in new (Layer, double)[] { (new GaussianNoise(0.5f, seed: 3), 0.5), (new GaussianDropout(0.2f, seed: 3), 2 * Math.Sqrt(0.2 / 0.8)) })
        {
            using (layer)
            {
                Assert.Same(x, layer.Call(x));
                float[] y = layer.Call(x, training: true).ToArray();
                Assert.NotEqual(y, layer.Call(x, training: true).ToArray());
                Assert.InRange(y.Average(), 1.95, 2.05);
                Assert.InRange(Math.Sqrt(y.Average(value => Math.Pow(value - 2.0, 2))) / deviation, 0.96, 1.04);
            }
        }

        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianNoise(float.NaN));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianDropout(1));
    }

    [Fact]
    public void Permute_counts_axes_from_one()
    {
        using var scope = new TensorScope();
        using var layer = new Permute([2, 1]);
        Tensor y = layer.Call((NDArray)NDArray.From([1, 2, 3], [1f, 2, 3, 4, 5, 6]));
        Assert.Equal(new Shape(1, 3, 2), y.Shape);
        Assert.Equal([1, 4, 2, 5, 3, 6], y.ToArray());
        Assert.Equal("dims", Assert.Throws<ArgumentException>(() => new Permute([0, 1])).ParamName);
        Assert.Contains("[batch", Assert.Throws<ShapeMismatchException>(() => layer.Call(Tensor.Ones((2, 3)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Slopes_of_a_PReLU_are_learned()
    {
        using var layer = new PReLU(new Constant(0.25f), sharedAxes: [1]);
        using var tape = new GradientTape();
        Tensor x = tape.Watch(NDArray.From([2, 2, 3], [-1f, 2, -3, 4, -5, 6, 7, -8, 9, -10, 11, -12]));
        Tensor y = layer.Call(x);
        Assert.Equal([-0.25f, 2, -0.75f, 4, -1.25f, 6, 7, -2, 9, -2.5f, 11, -3], y.ToArray());
        Assert.Equal(new Shape(1, 3), layer.Alpha!.Shape);
        Tensor[] gradients = tape.Gradient(y.Sum(), [x, layer.Alpha]);
        Assert.Equal([0.25f, 1, 0.25f, 1, 0.25f, 1, 1, 0.25f, 1, 0.25f, 1, 0.25f], gradients[0].ToArray());
        Assert.Equal([-11, -13, -15], gradients[1].ToArray());
        _ = Assert.Throws<ArgumentException>(() => new PReLU(sharedAxes: [0]));
        using var other = new PReLU(sharedAxes: [3]);
        _ = Assert.Throws<ShapeMismatchException>(() => other.Build((1, 2, 3)));
    }

    [Fact]
    public void ActivityRegularization_adds_to_the_loss_only()
    {
        using var scope = new TensorScope();
        using var layer = new ActivityRegularization(0.5f, 0.25f);
        Tensor x = (NDArray)new float[,] { { 1, -2 }, { 3, 0 } };
        Assert.Equal(x.ToArray(), layer.Call(x).ToArray());
        Assert.Equal(((0.5f * 6) + (0.25f * 14)) / 2, Assert.Single(layer.Losses).Item(), 1e-6f);
    }

    [Fact]
    public void ZeroPadding_puts_zeros_around()
    {
        using var scope = new TensorScope();
        using var layer = new ZeroPadding2D((1, 0), (0, 2));
        Assert.Equal([0f, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0], layer.Call(NDArray.From([1, 2, 2, 1], new float[] { 1, 2, 3, 4 })).ToArray());
    }

    [Fact]
    public void Cropping_undoes_padding()
    {
        using var scope = new TensorScope();
        using var padding = new ZeroPadding2D((1, 2), (0, 3));
        using var cropping = new Cropping2D((1, 2), (0, 3));
        Tensor x = RandomArrays.Signed((2, 3, 4, 2));
        Assert.Equal(x.ToArray(), cropping.Call(padding.Call(x)).ToArray());
        Assert.Equal("rows", Assert.Throws<ArgumentOutOfRangeException>(() => new Cropping2D((-1, 0), (0, 0))).ParamName);
        Assert.StartsWith("Cropping2D 'cropping2d", Assert.Throws<ShapeMismatchException>(() => cropping.Call(x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rectifiers_bend_at_zero_and_at_their_limit()
    {
        using var scope = new TensorScope();
        Tensor x = NDArray.From(5, new float[] { -2, -0.5f, 0, 0.5f, 8 });
        float[] Of(Layer layer)
        {
            using (layer)
                return layer.Call(x).ToArray();
        }

        Assert.Equal([0, 0, 0, 0.5f, 8], Of(new ReLU()));
        Assert.Equal([0, 0, 0, 0.5f, 6], Of(new ReLU(6)));
        Assert.Equal([-0.5f, -0.125f, 0, 0.5f, 6], Of(new ReLU(6, 0.25f)));
        Assert.Equal([-0.5f, -0.125f, 0, 0.5f, 8], Of(new LeakyReLU(0.25f)));
        Assert.Equal([2 * (MathF.Exp(-2) - 1), 2 * (MathF.Exp(-0.5f) - 1), 0, 0.5f, 8], Of(new ELU(2)), new Nearly());
        Assert.Equal([0, 0, 0, 0.5f, 6], Of(new Activation("relu6")));
        Assert.Equal([1 / 6f, 2.5f / 6, 0.5f, 3.5f / 6, 1], Of(new Activation("hard_sigmoid")), new Nearly());
        Assert.Equal([-2 / 6f, -1.25f / 6, 0, 1.75f / 6, 8], Of(new Activation("hard_swish")), new Nearly());
        Assert.Equal([-1.5201665f, -0.6917582f, 0, 0.5253505f, 8.405608f], Of(new Activation("selu")), new Nearly());
        Assert.Equal(1, Of(new Activation("log_softmax")).Sum(value => Math.Exp(value)), 1e-5);
        Assert.Equal("maxValue", Assert.Throws<ArgumentOutOfRangeException>(() => new ReLU(-1)).ParamName);
        Assert.Equal("negativeSlope", Assert.Throws<ArgumentOutOfRangeException>(() => new LeakyReLU(float.NaN)).ParamName);
    }

    [Fact]
    public void Global_pooling_looks_at_whole_pictures()
    {
        using var scope = new TensorScope();
        Tensor x = NDArray.From([1, 2, 2, 2], new float[] { 1, -1, 2, -2, 3, -3, 6, -6 });
        using var mean = new GlobalAveragePooling2D();
        using var max = new GlobalMaxPooling2D(keepDims: true);
        Assert.Equal([3f, -3f], mean.Call(x).ToArray());
        Assert.Equal([6f, -1f], max.Call(x).ToArray());
    }

    [Fact]
    public void Reshape_works_out_one_extent()
    {
        using var scope = new TensorScope();
        using var layer = new Reshape((4, -1));
        Assert.Equal(new Shape(3, 4, 5), layer.Call(Tensor.Zeros((3, 20))).Shape);
        string message = Assert.Throws<ShapeMismatchException>(() => layer.Call(Tensor.Zeros((3, 6)))).Message;
        Assert.StartsWith("Reshape 'reshape': ", message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentException>(() => new Reshape((-1, -1)));
    }

    [Fact]
    public void BatchNormalization_that_is_not_trainable_keeps_its_averages()
    {
        using var scope = new TensorScope();
        using var layer = new BatchNormalization();
        Tensor x = RandomArrays.Signed(6, 3);
        layer.Build(x.Shape);
        layer.Trainable = false;
        Assert.Empty(layer.TrainableVariables);
        Assert.Equal(layer.Call(x).ToArray(), layer.Call(x, training: true).ToArray());
        layer.Trainable = true;
        Assert.Equal(2, layer.TrainableVariables.Count);
        float[] before = layer.Variables[2].Value.ToArray();
        _ = layer.Call(x, training: true);
        Assert.NotEqual(before, layer.Variables[2].Value.ToArray());
    }

    [Fact]
    public void BatchNormalization_without_gamma_and_beta()
    {
        using var scope = new TensorScope();
        using var layer = new BatchNormalization(center: false, scale: false);
        float[] y = layer.Call(RandomArrays.Signed(500, 1), training: true).ToArray();
        Assert.Equal(["batch_normalization/moving_mean", "batch_normalization/moving_variance"], layer.Variables.Select(variable => variable.Name));
        Assert.Equal(0, y.Average(), 1e-4);
        Assert.Equal(1, y.Average(value => value * value), 0.01);
    }

    [Theory]
    [InlineData("relu")]
    [InlineData("softmax")]
    [InlineData("sigmoid")]
    [InlineData("tanh")]
    [InlineData("gelu")]
    [InlineData("elu")]
    [InlineData("leaky_relu")]
    [InlineData("silu")]
    [InlineData("swish")]
    [InlineData("softplus")]
    [InlineData("linear")]
    public void Activations_go_by_their_names(string name)
    {
        using var scope = new TensorScope();
        Activation layer = name;
        Tensor x = (NDArray)new float[,] { { -1.5f, 0.5f, 2 } };
        double[] expected = name switch
        {
            "relu" => [0, 0.5, 2],
            "softmax" => [0.0240938, 0.1780302, 0.7978760],
            "sigmoid" => [0.1824255, 0.6224593, 0.8807971],
            "tanh" => [-0.9051483, 0.4621172, 0.9640276],
            "gelu" => [-0.1002108, 0.3457312, 1.9544997],
            "elu" => [-0.7768698, 0.5, 2],
            "leaky_relu" => [-0.3, 0.5, 2],
            "silu" or "swish" => [-0.2736383, 0.3112297, 1.7615942],
            "softplus" => [0.2014133, 0.9740770, 2.1269280],
            _ => [-1.5, 0.5, 2],
        };
        Assert.All(expected.Zip(layer.Call(x).ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Unknown_activations_are_answered_with_the_known_ones()
    {
        string message = Assert.Throws<ArgumentException>(() => new Activation("rellu")).Message;
        Assert.Contains("'rellu'", message, StringComparison.Ordinal);
        Assert.Contains("leaky_relu", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_of_ones_own_learns()
    {
        using var scope = new TensorScope();
        using var model = new Sequential { new Scale(), new Activation("cube", x => x * x * x) };
        using var tape = new GradientTape();
        Tensor y = model.Call(NDArray.From([1, 2], new float[] { 2, 3 }));
        Assert.Equal([8f, 27f], y.ToArray());
        Assert.Equal("scale/gain", model.Variables[0].Name);
        Assert.Equal(new Shape(Shape.Unknown, 2), model.OutputShape);
        Assert.Equal([24f, 81f], tape.Gradient(y.Sum(), model.TrainableVariables)[0].ToArray());
    }

    [Fact]
    public void Errors_inside_a_layer_name_it()
    {
        using var scope = new TensorScope();
        using var model = new Sequential { new Activation("broken", x => x.Reshape((5, 5)), name: "odd") };
        string message = Assert.Throws<ShapeMismatchException>(() => model.Call(Tensor.Zeros((2, 3)))).Message;
        Assert.StartsWith("Activation 'odd': Reshape: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        Assert.Equal("filters", Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2D(0, 3)).ParamName);
        Assert.Equal("kernelSize", Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2D(4, (3, 0))).ParamName);
        Assert.Equal("groups", Assert.Throws<ArgumentException>(() => new Conv2D(4, 3, groups: 3)).ParamName);
        Assert.Equal("units", Assert.Throws<ArgumentOutOfRangeException>(() => new Dense(-1)).ParamName);
        Assert.Equal("poolSize", Assert.Throws<ArgumentOutOfRangeException>(() => new MaxPooling2D(0)).ParamName);
        Assert.Equal("momentum", Assert.Throws<ArgumentOutOfRangeException>(() => new BatchNormalization(momentum: 2)).ParamName);
        _ = Assert.Throws<ArgumentException>(() => new Dense(1, name: "a/b"));
        using var grouped = new Conv2D(4, 3, groups: 2);
        Assert.StartsWith("Conv2D 'conv2d': 3 input channels", Assert.Throws<ShapeMismatchException>(() => grouped.Build((1, 8, 8, 3))).Message, StringComparison.Ordinal);
        _ = Assert.Throws<InvalidOperationException>(() => grouped.CountParams());
    }

    private static Dictionary<string, Func<Layer>> Layers() => new()
    {
        ["conv"] = () => new Conv2D(6, (3, 2), (2, 1), activation: Activation.Elu),
        ["conv same"] = () => new Conv2D(6, 4, 3, Padding.Same, useBias: false, activation: Activation.Relu),
        ["conv dilated in groups"] = () => new Conv2D(6, 3, dilationRate: (2, 3), groups: 2),
        ["max pooling"] = () => new MaxPooling2D(),
        ["max pooling same"] = () => new MaxPooling2D((3, 2), 2, Padding.Same),
        ["average pooling"] = () => new AveragePooling2D(3, 1),
        ["global average"] = () => new GlobalAveragePooling2D(),
        ["global max"] = () => new GlobalMaxPooling2D(keepDims: true),
        ["dense"] = () => new Dense(3, activation: Activation.Softmax),
        ["dense without bias"] = () => new Dense(3, Activation.Relu, useBias: false),
        ["flatten"] = () => new Flatten(),
        ["reshape"] = () => new Reshape([-1, 6]),
        ["dropout"] = () => new Dropout(0.5f),
        ["spatial dropout"] = () => new SpatialDropout2D(0.5f),
        ["gaussian noise"] = () => new GaussianNoise(0.5f),
        ["gaussian dropout"] = () => new GaussianDropout(0.5f),
        ["permute"] = () => new Permute([3, 1, 2]),
        ["prelu"] = () => new PReLU(new Constant(0.25f), sharedAxes: [1, 2]),
        ["activity regularization"] = () => new ActivityRegularization(0.1f, 0.2f),
        ["unit normalization"] = () => new UnitNormalization(),
        ["group normalization"] = () => new GroupNormalization(-1),
        ["batch normalization"] = () => new BatchNormalization(),
        ["activation"] = () => Activation.Gelu,
        ["zero padding"] = () => new ZeroPadding2D((2, 1)),
        ["cropping"] = () => new Cropping2D((2, 1)),
        ["relu"] = () => new ReLU(0.5f, 0.1f),
        ["leaky relu"] = () => new LeakyReLU(),
        ["elu"] = () => new ELU(0.5f),
        ["rescaling"] = () => new Rescaling(1f / 255),
        ["a layer of one's own"] = () => new Scale(),
    };

    private sealed class Nearly : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) <= 1e-6f * Math.Max(1, Math.Abs(x));

        public int GetHashCode(float value) => 0;
    }

    private sealed class Scale : Layer
    {
        private Variable? _gain;

        protected override void CreateWeights(Shape inputShape) => _gain = AddWeight("gain", inputShape[-1], new Ones());

        protected override Tensor Forward(Tensor x, bool training) => x * _gain!;
    }
}
