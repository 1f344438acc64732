using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Networks;

/// <summary>A network that many know, and a batch for it.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Batch">Pictures of a batch.</param>
/// <param name="Picture">[height, width, channels].</param>
/// <param name="Classes">Outputs.</param>
/// <param name="Outputs">The layers from the input to the logits.</param>
internal sealed record KnownNetwork(string Name, int Batch, Shape Picture, int Classes, Func<KerasTensor, KerasTensor> Outputs)
{
    /// <summary>All of them, the small ones first.</summary>
    public static IReadOnlyList<KnownNetwork> All { get; } =
    [
        new("mlp 784-512-256", 128, (28, 28, 1), 10, x => Dense(Dense(new Flatten().Call(x), 512), 256)),
        new("small cnn", 128, (28, 28, 1), 10, SmallCnn),
        new("resnet-20", 64, (32, 32, 3), 10, x => Residual(ConvolveNormalized(x, 16, 3), [16, 32, 64], blocks: 3)),
        new("resnet-18", 8, (224, 224, 3), 1000, x =>
            Residual(new MaxPooling2D(3, 2, Padding.Same).Call(ConvolveNormalized(x, 64, 7, 2)), [64, 128, 256, 512], blocks: 2)),
        new("mobilenet", 8, (224, 224, 3), 1000, MobileNet),
    ];

    /// <summary>The model with weights of its own.</summary>
    public Model Create()
    {
        var input = new Input(Picture);
        return new Model(input, new Dense(Classes).Call(Outputs(input)));
    }

    private static KerasTensor Dense(KerasTensor x, int units) => new Dense(units, "relu").Call(x);

    // Keras' example for MNIST.
    private static KerasTensor SmallCnn(KerasTensor x)
    {
        x = new MaxPooling2D(2).Call(new Conv2D(32, 3, activation: "relu").Call(x));
        x = new MaxPooling2D(2).Call(new Conv2D(64, 3, activation: "relu").Call(x));
        return new Dropout(0.5f).Call(new Flatten().Call(x));
    }

    // He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016, with projections where shapes change.
    private static KerasTensor Residual(KerasTensor x, int[] widths, int blocks)
    {
        int from = widths[0];
        foreach (int width in widths)
        {
            for (int block = 0; block < blocks; block++)
            {
                int stride = block == 0 && width != widths[0] ? 2 : 1;
                KerasTensor shortcut = stride == 1 && from == width ? x : Normalize(Convolve(x, width, 1, stride));
                KerasTensor inner = Normalize(Convolve(ConvolveNormalized(x, width, 3, stride), width, 3));
                x = new ReLU().Call(new Add().Call([inner, shortcut]));
                from = width;
            }
        }

        return new GlobalAveragePooling2D().Call(x);
    }

    // Howard et al., "MobileNets", 2017, table 1.
    private static KerasTensor MobileNet(KerasTensor x)
    {
        x = new ReLU(6).Call(Normalize(Convolve(x, 32, 3, 2)));
        foreach ((int width, int stride) in new[] { (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1) })
        {
            x = new DepthwiseConv2D(3, strides: stride, padding: Padding.Same, useBias: false).Call(x);
            x = new ReLU(6).Call(Normalize(x));
            x = new ReLU(6).Call(Normalize(Convolve(x, width, 1)));
        }

        return new GlobalAveragePooling2D().Call(x);
    }

    private static KerasTensor ConvolveNormalized(KerasTensor x, int width, int size, int stride = 1) =>
        new ReLU().Call(Normalize(Convolve(x, width, size, stride)));

    private static KerasTensor Convolve(KerasTensor x, int width, int size, int stride = 1) =>
        new Conv2D(width, size, strides: stride, padding: Padding.Same, useBias: false).Call(x);

    private static KerasTensor Normalize(KerasTensor x) => new BatchNormalization().Call(x);
}
