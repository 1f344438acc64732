using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Random numbers: the streams of <see cref="Philox"/>, four elements a thread.</content>
public sealed unsafe partial class CudaBackend
{
    /// <inheritdoc/>
    public override void RandomUniform(RandomKey key, float minimum, float maximum, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        Each(KernelFamily.Random, "random_uniform", Ceiling(y.Count, 4), key.Seed, key.Stream, minimum, maximum - minimum, y, y.Count);
    }

    /// <inheritdoc/>
    public override void RandomNormal(RandomKey key, float mean, float standardDeviation, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        Each(KernelFamily.Random, "random_normal", Ceiling(y.Count, 4), key.Seed, key.Stream, mean, standardDeviation, y, y.Count);
    }

    /// <inheritdoc/>
    public override void Dropout(Tensor x, float rate, RandomKey key, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        Each(KernelFamily.Random, "dropout", Ceiling(y.Count, 4), key.Seed, key.Stream, rate, x, y, y.Count);
    }
}
