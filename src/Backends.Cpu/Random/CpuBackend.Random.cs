using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Random numbers: element i of a stream, whichever thread draws it.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void RandomUniform(RandomKey key, float minimum, float maximum, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        _team.Run(new UniformWork(key, minimum, maximum, Pointer<float>(y), y.Count), Shards.Count(y.Count));
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void RandomNormal(RandomKey key, float mean, float standardDeviation, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        _team.Run(new NormalWork(key, mean, standardDeviation, Pointer<float>(y), y.Count), Shards.Count(y.Count));
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void Dropout(Tensor x, float rate, RandomKey key, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        _team.Run(new DropoutWork(key, rate, Pointer<float>(x), Pointer<float>(y), y.Count), Shards.Count(y.Count));
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }
}
