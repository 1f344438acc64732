using Numerics.Tensors;

namespace Numerics.Backends.Cpu.Tests;

/// <summary>Pictures of one very long row, such as sound: no kernel keeps something as long on its stack.</summary>
public sealed class LongRowTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pooling_with_windows_that_overlap(bool takesMaximum)
    {
        const int width = 3_000_000;
        using var backend = new CpuBackend(2);
        using var tape = new GradientTape();
        Tensor x = tape.Watch(Tensor.Ones((1, 1, width, 1), backend));
        Tensor y = takesMaximum ? x.MaxPool2D((1, 2), (1, 1)) : x.AveragePool2D((1, 2), (1, 1));
        float[] gradient = tape.Gradient(y.Sum(), x).ToArray();
        Assert.Equal(width - 1, gradient.Sum(share => (double)share));
        Assert.Equal(takesMaximum ? 0 : 0.5f, gradient[^1]);
    }
}
