using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Element-wise ops.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Fill(float value, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        new Span<float>(Pointer<float>(y), y.Count).Fill(value);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void Unary(UnaryOp op, Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        _team.Run(new UnaryWork(op, Pointer<float>(x), Pointer<float>(y), y.Count), Shards.Count(y.Count));
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void UnaryGradient(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dx);
        var work = new UnaryGradientWork(op, Pointer<float>(x), Pointer<float>(y), Pointer<float>(dy), Pointer<float>(dx), dx.Count);
        _team.Run(work, Shards.Count(dx.Count));
        GC.KeepAlive(x);
        GC.KeepAlive(y);
        GC.KeepAlive(dy);
        GC.KeepAlive(dx);
    }

    private readonly struct UnaryWork(UnaryOp op, float* x, float* y, int count) : IShardedWork
    {
        public void Run(int shard)
        {
            int start = shard * Shards.Size, length = Shards.Length(count, shard);
            UnaryKernels.Forward(op, new(x + start, length), new(y + start, length));
        }
    }

    private readonly struct UnaryGradientWork(UnaryOp op, float* x, float* y, float* dy, float* dx, int count) : IShardedWork
    {
        public void Run(int shard)
        {
            int start = shard * Shards.Size, length = Shards.Length(count, shard);
            UnaryKernels.Gradient(op, new(x + start, length), new(y + start, length), new(dy + start, length), new(dx + start, length));
        }
    }
}
