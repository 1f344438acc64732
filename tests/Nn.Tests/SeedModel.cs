using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>The cats-and-dogs network.</summary>
internal static class SeedModel
{
    /// <summary>The network, not built yet.</summary>
    /// <param name="units">The width of the hidden dense layer; 256 in the full size.</param>
    public static Sequential Create(int units = 256) => new()
    {
        new Conv2D(16, 3, activation: Activation.Relu), new MaxPooling2D(2),
        new Conv2D(32, 3, activation: Activation.Relu), new MaxPooling2D(2),
        new Conv2D(64, 3, activation: Activation.Relu), new MaxPooling2D(2),
        new Flatten(),
        new Dense(units, activation: Activation.Relu),
        new Dense(2, activation: Activation.Softmax),
    };

    /// <summary>Sets weight i of tensor tag to scale·sin(0.7390851·i + 1.6180339·tag + 0.001·seed) and biases to zero.</summary>
    public static void SetFormulaWeights(Sequential model, int seed)
    {
        int[] tags = [0, 1, 2, 10, 11];
        Variable[] kernels = [.. model.Variables.Where(variable => variable.Name.EndsWith("kernel", StringComparison.Ordinal))];
        Assert.Equal(tags.Length, kernels.Length);
        foreach ((Variable kernel, int tag) in kernels.Zip(tags))
        {
            double scale = Math.Sqrt(2.0 / kernel.Shape.Product(..^1));
            float[] values = [.. Enumerable.Range(0, kernel.Shape.Count)
                .Select(i => (float)(scale * Math.Sin((0.7390851 * i) + (1.6180339 * tag) + (0.001 * seed))))];
            kernel.Assign(NDArray.From(kernel.Shape, values));
        }

        foreach (Variable bias in model.Variables.Where(variable => variable.Name.EndsWith("bias", StringComparison.Ordinal)))
            Assert.All(bias.Value.ToArray(), value => Assert.Equal(0, value));
    }

    /// <summary>Pictures of 0.5 + 0.5·sin(0.37·i^1.01 + 0.01·seed) and labels that alternate between 0 and 1.</summary>
    public static (NDArray X, NDArray Y) FormulaBatch(Shape shape, int seed)
    {
        float[] x = [.. Enumerable.Range(0, shape.Count).Select(i => (float)(0.5 + (0.5 * Math.Sin((0.37 * Math.Pow(i, 1.01)) + (0.01 * seed)))))];
        float[] y = [.. Enumerable.Range(0, shape[0] * 2).Select(i => i / 2 % 2 == i % 2 ? 1f : 0f)];
        return (NDArray.From(shape, x), NDArray.From([shape[0], 2], y));
    }
}
