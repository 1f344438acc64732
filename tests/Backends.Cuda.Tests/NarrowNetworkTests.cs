using Numerics.Backends.Cpu;
using Numerics.CudaSimulator;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda.Tests;

/// <summary>
/// Training of small networks of the usual kinds with what stands between their layers stored in bfloat16: nothing is copied into single
/// precision on its way, forward or back, and what is learned is what is learned in single precision.
/// </summary>
public sealed class NarrowNetworkTests : BrainFloatTests
{
    private const int Batch = 4, Steps = 4;

    [Theory]
    [InlineData("residual", 0.15)]
    [InlineData("separable", 0.2)]
    [InlineData("plain", 0.3)]
    [InlineData("joined", 0.02)]
    [InlineData("excited", 0.02)]
    [InlineData("layers", 0.025)]
    [InlineData("groups", 0.2)]
    public void Nothing_is_widened_in_a_training_step(string network, double tolerance)
    {
        float[] weights = Train(Brain, network, jitCompile: false);
        Assert.All(weights, weight => Assert.True(float.IsFinite(weight)));
        Assert.Equal(0, Brain.WidenedElements);
        Assert.Equal(weights, Train(Brain, network, jitCompile: true));
        Assert.Equal(weights, Train(Brain, network, jitCompile: false));
        Assert.Equal(0, Brain.WidenedElements);

        // How far the weights are from those of single precision, as a part of the way that those went: SGD's steps are as long as the gradients.
        // Operands in bfloat16 alone make 0.07, 0.05, 0.16 and 0.005 of it in the first four, whatever is stored.
        using var cpu = new CpuBackend(1);
        float[] first = Train(cpu, network, jitCompile: false, steps: 0), expected = Train(cpu, network, jitCompile: false);
        double distance = Distance(expected, weights), way = Distance(expected, first);
        Assert.InRange(distance / way, 1e-6, tolerance);
    }

    /// <summary>Half of what single precision takes, but for weights and what a step needs besides.</summary>
    [Fact]
    public void Activations_take_half_the_memory()
    {
        using var wide = new CudaBackend(Open(), ownsApi: true);
        long[] held = [.. new[] { wide, Brain }.Select(backend =>
        {
            Backend.Default = backend;
            using Model model = Create("residual");
            using var tape = new GradientTape();
            Tensor x = Tensor.RandomNormal((Batch, 16, 16, 3), 0, 1, new RandomKey(1, 1), backend);
            long before = backend.UsedBytes;
            _ = model.Call(x, training: true);
            return backend.UsedBytes - before;
        })];
        Assert.InRange(held[1], 0.5 * held[0], 0.62 * held[0]);
    }

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => Math.Pow(x - y, 2)).Sum());

    private static float[] Train(Backend backend, string network, bool jitCompile, int steps = Steps)
    {
        Backend.Default = backend;
        RandomGenerator.SetSeed(7);
        using Model model = Create(network);
        model.Compile(new SGD(0.001f), new CategoricalCrossentropy(), jitCompile: jitCompile);
        for (int step = 0; step < steps; step++)
        {
            var x = new NDArray((Batch, 16, 16, 3));
            Philox.FillNormal(new RandomKey((ulong)step, 78), 0, x.AsSpan<float>());
            var labels = new NDArray((Batch, 3));
            for (int i = 0; i < Batch; i++)
                labels.AsSpan<float>()[(3 * i) + ((i + step) % 3)] = 1;
            _ = model.TrainOnBatch(x, labels);
        }

        return [.. model.TrainableVariables.SelectMany(variable => variable.Value.ToArray())];
    }

    private static Model Create(string network)
    {
        var inputs = new Input((16, 16, 3));
        KerasTensor x = network switch
        {
            "residual" => Residual(Residual(Normalized(new Conv2D(16, 3, padding: Padding.Same, useBias: false), inputs, "relu"), 16, 1), 32, 2),
            "separable" => Separable(Separable(Normalized(new Conv2D(8, 3, 2, Padding.Same, useBias: false), inputs, "relu6"), 24, "relu6"), 32, "hard_silu"),
            "plain" => Plain(inputs),
            "excited" => Excited(Excited(new Conv2D(16, 3, padding: Padding.Same, activation: "silu").Call(inputs), byDense: true), byDense: false),
            "layers" => OfLayers(new LayerNormalization().Call(new Conv2D(16, 4, 4).Call(inputs))),
            "groups" => OfGroups(OfGroups(inputs, 16, "softplus"), 24, "selu"),
            _ => Joined(Joined(new Conv2D(8, 5, padding: Padding.Same, activation: "gelu").Call(inputs))),
        };
        x = network switch
        {
            "plain" => new Dropout(0.25f).Call(new Flatten().Call(x)),
            "groups" => new GlobalMaxPooling2D().Call(x),
            _ => new GlobalAveragePooling2D().Call(x),
        };
        return new Model(inputs, new Dense(3, "softmax").Call(x));
    }

    private static KerasTensor Normalized(Layer convolution, KerasTensor x, string? activation = null)
    {
        KerasTensor y = new BatchNormalization().Call(convolution.Call(x));
        return activation is null ? y : new Activation(activation).Call(y);
    }

    // He et al. 2016, with a projection where the size changes.
    private static KerasTensor Residual(KerasTensor x, int filters, int stride)
    {
        KerasTensor y = Normalized(new Conv2D(filters, 3, stride, Padding.Same, useBias: false), x, "relu");
        y = Normalized(new Conv2D(filters, 3, padding: Padding.Same, useBias: false), y);
        KerasTensor shortcut = stride == 1 ? x : Normalized(new Conv2D(filters, 1, stride, useBias: false), x);
        return new Activation("relu").Call(new Add().Call([y, shortcut]));
    }

    // Howard et al. 2019: depthwise, with what channels tell about the picture, then across channels.
    private static KerasTensor Separable(KerasTensor x, int filters, string activation)
    {
        KerasTensor y = new ZeroPadding2D((0, 1), (0, 1)).Call(x);
        y = Normalized(new DepthwiseConv2D(3, 2, useBias: false), y, activation);
        KerasTensor gate = new Conv2D(8, 1, activation: "relu").Call(new GlobalAveragePooling2D(keepDims: true).Call(y));
        gate = new Conv2D(y.Shape[3], 1, activation: "hard_sigmoid").Call(gate);
        return Normalized(new Conv2D(filters, 1, useBias: false), new Multiply().Call([y, gate]), activation);
    }

    // Own kernels and the library's, pooled in one op and by themselves.
    private static KerasTensor Plain(KerasTensor x)
    {
        x = new MaxPooling2D(3, 2, Padding.Same).Call(new Conv2D(16, 3, padding: Padding.Same, activation: "relu").Call(x));
        x = new Conv2D(24, 3, padding: Padding.Same, activation: "leaky_relu").Call(x);
        x = new Conv2D(24, 3, padding: Padding.Same, activation: "relu").Call(x);
        x = new MaxPooling2D(2).Call(x);
        x = Normalized(new Conv2D(72, 3, padding: Padding.Same), x, "elu");
        return new MaxPooling2D(2).Call(x);
    }

    // Huang et al. 2017: what was there, and what is made of it.
    private static KerasTensor Joined(KerasTensor x)
    {
        KerasTensor y = new Conv2D(8, 3, padding: Padding.Same, useBias: false).Call(Normalized(new Conv2D(16, 1, useBias: false), x, "silu"));
        return new AveragePooling2D(2).Call(new Concatenate().Call([x, y]));
    }

    // Hu et al. 2018: what a picture tells about channels as a whole, by dense layers or by convolutions of one pixel, weighs them.
    private static KerasTensor Excited(KerasTensor x, bool byDense)
    {
        KerasTensor y = Normalized(new Conv2D(16, 3, padding: Padding.Same, useBias: false), x);
        KerasTensor gate = new GlobalAveragePooling2D(keepDims: true).Call(y);
        gate = byDense ? new Dense(4, "relu").Call(gate) : new Conv2D(4, 1, activation: "relu").Call(gate);
        gate = byDense ? new Dense(16, "sigmoid").Call(gate) : new Conv2D(16, 1, activation: "sigmoid").Call(gate);
        return new Activation("silu").Call(new Add().Call([new Multiply().Call([y, gate]), x]));
    }

    // Liu et al. 2022.
    private static KerasTensor OfLayers(KerasTensor x)
    {
        KerasTensor y = new LayerNormalization().Call(new DepthwiseConv2D(7, padding: Padding.Same).Call(x));
        y = new Conv2D(16, 1).Call(new Conv2D(64, 1, activation: "gelu").Call(y));
        return new LayerNormalization().Call(new Add().Call([x, y]));
    }

    // Wu, He 2018, with functions that are made of others.
    private static KerasTensor OfGroups(KerasTensor x, int filters, string activation) =>
        new MaxPooling2D(2).Call(new Activation(activation).Call(new GroupNormalization(8).Call(new Conv2D(filters, 3, padding: Padding.Same).Call(x))));
}
