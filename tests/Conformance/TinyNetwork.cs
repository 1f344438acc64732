using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <summary>A small convolutional network with a bit of everything, for tests of whole training steps.</summary>
internal static class TinyNetwork
{
    public static Sequential Create() => new()
    {
        new Conv2D(8, 3, activation: Activation.Relu),
        new MaxPooling2D(2),
        new BatchNormalization(),
        new Conv2D(9, 3, padding: Padding.Same, activation: Activation.Relu),
        new AveragePooling2D(2),
        new Flatten(),
        new Dropout(0.25f),
        new Dense(17, activation: Activation.Relu),
        new Dense(3, activation: Activation.Softmax),
    };

    /// <summary>Trains for some steps on made-up pictures and returns all weights, end to end.</summary>
    public static float[] Train(Backend backend, int steps, int batch = 8)
    {
        Backend.Default = backend;
        try
        {
            RandomGenerator.SetSeed(42);
            using Sequential model = Create();
            model.Compile(new Adam(), new CategoricalFocalLoss(), [new CategoricalAccuracy()]);
            for (int step = 0; step < steps; step++)
                _ = model.TrainOnBatch(Pictures(batch, (ulong)step), Labels(batch));
            return [.. model.Variables.SelectMany(variable => variable.Value.ToArray())];
        }
        finally
        {
            Backend.Default = null;
        }
    }

    public static NDArray Pictures(int batch, ulong seed)
    {
        var pictures = new NDArray((batch, 20, 20, 3));
        Philox.FillUniform(new RandomKey(seed, 77), 0, pictures.AsSpan<float>());
        return pictures;
    }

    public static NDArray Labels(int batch)
    {
        var labels = new NDArray((batch, 3));
        for (int i = 0; i < batch; i++)
            labels.AsSpan<float>()[(3 * i) + (i % 3)] = 1;
        return labels;
    }
}
