using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats.Tests;

/// <summary>Models that the tests save and load.</summary>
internal static class Networks
{
    /// <summary>Every layer that files can hold, with settings that are not the defaults.</summary>
    public static Sequential Everything() => new("everything")
    {
        new Input((12, 10, 3)),
        new Rescaling(1 / 127.5f, -1),
        new ZeroPadding2D((1, 0), (2, 1), name: "pad"),
        new Conv2D(4, (3, 2), strides: 1, padding: Padding.Same, activation: "relu", kernelInitializer: new HeNormal(3)),
        new MaxPooling2D(2),
        new BatchNormalization(
            momentum: 0.9f, epsilon: 0.01f, betaInitializer: new RandomNormal(0.1f, 0.2f, 5), gammaInitializer: new Constant(0.75f),
            movingMeanInitializer: new Constant(0.25f), movingVarianceInitializer: new RandomUniform(0.5f, 1.5f, 6), betaRegularizer: new L2(0.125f),
            gammaRegularizer: new L1L2(0.25f, 0.5f), betaConstraint: new MaxNorm(3), gammaConstraint: new NonNeg()),
        new Conv2D(6, 3, padding: Padding.Same, dilationRate: 2, useBias: false, kernelInitializer: new VarianceScaling(2, FanMode.FanOut, WeightDistribution.Uniform)),
        new Activation("elu"),
        new AveragePooling2D((2, 1), strides: (1, 2), padding: Padding.Same),
        new Dropout(0.25f),
        new Reshape((-1, 6)),
        new Dense(5, activation: "gelu", biasInitializer: new Constant(0.125f)),
        new Flatten(),
        new BatchNormalization(scale: false),
        new Dense(3, activation: "softmax", name: "answer"),
    };

    /// <summary>The shape of the cats-and-dogs network in small.</summary>
    public static Sequential Small(int filters = 4, int units = 8, int size = 14) => new()
    {
        new Input((size, size, 3)),
        new Conv2D(filters, 3, activation: "relu"), new MaxPooling2D(2),
        new Conv2D(filters * 2, 3, activation: "relu"), new MaxPooling2D(2),
        new Flatten(),
        new Dense(units, activation: "relu"),
        new Dense(2, activation: "softmax"),
    };

    /// <summary>A graph with a shared layer, layers that are joined in every way, and a model inside.</summary>
    public static Model Graph(SampleInterpolation interpolation = SampleInterpolation.Bilinear)
    {
        var input = new Input((8, 6, 4), "picture");
        var shared = new Conv2D(4, 3, padding: Padding.Same, activation: "relu", kernelRegularizer: new L2(0.01f), kernelConstraint: new MaxNorm(3));
        KerasTensor a = shared.Call((KerasTensor)input), b = shared.Call(a);
        KerasTensor c = new DepthwiseConv2D(3, padding: Padding.Same, depthMultiplier: 1, activation: "tanh").Call(b);
        KerasTensor d = new SeparableConv2D(4, (3, 2), padding: Padding.Same, depthMultiplier: 2).Call(a);
        KerasTensor sum = new Add().Call([b, c, d]);
        KerasTensor mixed = new Concatenate().Call([new Average().Call([a, sum]), new Maximum().Call([c, d]), new Minimum().Call([c, d]), sum * c]);
        KerasTensor normal = new LayerNormalization(
            betaInitializer: new Constant(0.25f), gammaInitializer: new Constant(1.5f), betaRegularizer: new L2(0.01f), gammaRegularizer: new L2(0.02f)).Call(mixed);
        KerasTensor larger = new Conv2DTranspose(3, 3, strides: 2, padding: Padding.Same).Call(new MaxPooling2D(2).Call(normal));
        KerasTensor larger2 = new UpSampling2D(2, interpolation).Call(new AveragePooling2D(2).Call(normal));
        KerasTensor inside = new Sequential("inside") { new Input((8, 6, 19)), new Conv2D(2, 3, activation: "relu", name: "inside_conv"), new GlobalAveragePooling2D() }
            .Call(new Concatenate(-1, "both").Call([larger, larger2]));
        return new Model(input, new Dense(3, activation: "softmax").Call(inside), "graph");
    }

    /// <summary>A residual network in small, which has an ONNX operator for everything.</summary>
    public static Model TwoEnds()
    {
        var input = new Input((9, 7, 3), "picture");
        KerasTensor x = new Conv2D(4, 3, padding: Padding.Same).Call((KerasTensor)input);
        KerasTensor y = new Activation("relu").Call(new BatchNormalization().Call(x));
        x = new Activation("relu", "joined").Call(new Conv2D(4, 3, padding: Padding.Same).Call(y) + x);
        KerasTensor pooled = new Concatenate().Call([new GlobalAveragePooling2D().Call(x), new GlobalMaxPooling2D().Call(x)]);
        return new Model(input, new Dense(3, activation: "softmax").Call(pooled), "residual");
    }

    /// <summary>Gives all weights random values, so that biases and moving averages differ from how they begin.</summary>
    public static void Randomise(Model model)
    {
        var random = new Random();
        foreach (Variable variable in model.Variables)
        {
            // A factor satisfies the constraint that it has in some networks: TensorFlow.js applies constraints whenever weights are set.
            bool positive = variable.Name.EndsWith("moving_variance", StringComparison.Ordinal) || variable.Name.EndsWith("/gamma", StringComparison.Ordinal);
            variable.Assign(NDArray.From(
                variable.Shape,
                [.. Enumerable.Range(0, variable.Shape.Size).Select(_ => positive ? 0.5f + random.NextSingle() : (random.NextSingle() - 0.5f) * 0.8f)]));
        }
    }

    /// <summary>Trains a few steps, so that the optimizer has a state.</summary>
    public static void Train(Model model, int steps = 3)
    {
        for (int i = 0; i < steps; i++)
        {
            NDArray x = Batch(model, 4);
            NDArray y = new((4, model.OutputShape![-1]));
            for (int k = 0; k < 4; k++)
                y.AsSpan<float>()[(k * model.OutputShape[-1]) + (k % model.OutputShape[-1])] = 1;
            _ = model.TrainOnBatch(x, y);
        }
    }

    /// <summary>A batch of random inputs for a model, in [0, 1).</summary>
    public static NDArray Batch(Model model, int count)
    {
        var random = new Random();
        Shape shape = model.InputShape!.With(0, count);
        return NDArray.From(shape, [.. Enumerable.Range(0, shape.Size).Select(_ => random.NextSingle())]);
    }
}
