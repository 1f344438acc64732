using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <summary>
/// The random numbers of a graph. Its kernels have their arguments for ever, so they take seed and place of the generator from device
/// memory, and only how many keys after that place theirs is from their arguments.
/// </summary>
internal sealed class CudaGraphRandom : IDisposable
{
    private readonly CudaBackend _backend;
    private readonly RandomGenerator _generator = RandomGenerator.Default;
    private readonly ulong _position;
    private ulong _keys;
    private bool _isUsed;

    public CudaGraphRandom(CudaBackend backend)
    {
        _backend = backend;
        _position = _generator.Position;
        Base = Tensor.Empty(backend, (4), DType.Int32).Keep();
    }

    /// <summary>Seed and position, 64 bits each.</summary>
    public Tensor Base { get; }

    /// <summary>How many keys after the first one of the graph this one is.</summary>
    /// <exception cref="InvalidOperationException">It is no key that the generator gave out since the capture began.</exception>
    public ulong Relative(RandomKey key)
    {
        if (key.Seed != _generator.Seed || key.Stream < _position)
        {
            throw new InvalidOperationException(
                $"{_backend.Name}: captured work draws random numbers with a seed of its own; only those of RandomGenerator.Default can be repeated");
        }

        _isUsed = true;
        return key.Stream - _position;
    }

    /// <summary>Puts the generator back to where the capture began: nothing has been drawn yet.</summary>
    public void Rewind()
    {
        _keys = _generator.Position - _position;
        RandomGenerator.Default = new RandomGenerator(_generator.Seed, _position);
    }

    /// <summary>Brings the generator's state to the device and takes the graph's keys off it.</summary>
    public void Advance()
    {
        RandomGenerator generator = RandomGenerator.Default;
        if (_isUsed)
            _backend.Upload(MemoryMarshal.AsBytes<ulong>([generator.Seed, generator.Position]), Base);
        generator.Skip(_keys);
    }

    public void Dispose() => Base.Dispose();
}
