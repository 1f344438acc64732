using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Random numbers: the streams of <see cref="Philox"/>, four elements a thread.</content>
public sealed unsafe partial class CudaBackend
{
    private KernelArgument BaseOfKeys => KernelArgument.Optional(_capturedRandom?.Base);

    /// <inheritdoc/>
    public override void RandomUniform(RandomKey key, float minimum, float maximum, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        Each(KernelFamily.Random, "random_uniform", Ceiling(y.Count, 4), key.Seed, StreamOf(key), BaseOfKeys, minimum, maximum - minimum, Output(y), y.Count);
    }

    /// <inheritdoc/>
    public override void RandomNormal(RandomKey key, float mean, float standardDeviation, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        Each(KernelFamily.Random, "random_normal", Ceiling(y.Count, 4), key.Seed, StreamOf(key), BaseOfKeys, mean, standardDeviation, Output(y), y.Count);
    }

    /// <inheritdoc/>
    public override void Dropout(Tensor x, float rate, RandomKey key, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        KernelArgument inputs = KernelArgument.Stored(x, out bool isNarrow);
        using Result result = AsResult(y, isNarrow);
        string name = isNarrow ? "dropout_narrow" : "dropout";
        Each(KernelFamily.Random, name, Ceiling(y.Count, 4), key.Seed, StreamOf(key), BaseOfKeys, rate, inputs, result.Address, y.Count);
        Finish(result);
    }

    // Within captured work a key counts from where the generator is when the work is repeated.
    private ulong StreamOf(RandomKey key) => _capturedRandom?.Relative(key) ?? key.Stream;
}
