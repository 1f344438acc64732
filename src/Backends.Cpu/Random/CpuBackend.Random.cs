using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Random numbers: element i of a stream, whichever thread draws it.</content>
public sealed unsafe partial class CpuBackend
{
    private enum RandomOp
    {
        Uniform,
        Normal,
        Dropout,
    }

    /// <inheritdoc/>
    public override void RandomUniform(RandomKey key, float minimum, float maximum, Tensor y) => Draw(RandomOp.Uniform, key, minimum, maximum, y, y);

    /// <inheritdoc/>
    public override void RandomNormal(RandomKey key, float mean, float standardDeviation, Tensor y) =>
        Draw(RandomOp.Normal, key, mean, standardDeviation, y, y);

    /// <inheritdoc/>
    public override void Dropout(Tensor x, float rate, RandomKey key, Tensor y) => Draw(RandomOp.Dropout, key, rate, 0, x, y);

    private void Draw(RandomOp op, RandomKey key, float a, float b, Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        _team.Run(new RandomWork(op, key, a, b, Pointer<float>(x), Pointer<float>(y), y.Count), Shards.Count(y.Count));
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    private readonly struct RandomWork(RandomOp op, RandomKey key, float a, float b, float* x, float* y, int count) : IShardedWork
    {
        public void Run(int shard)
        {
            int start = shard * Shards.Size, length = Shards.Length(count, shard);
            Span<float> block = stackalloc float[512];
            for (int i = 0; i < length; i += block.Length)
            {
                Span<float> values = block[..Math.Min(block.Length, length - i)];
                int at = start + i;
                if (op == RandomOp.Normal)
                    Philox.FillNormal(key, at, values);
                else
                    Philox.FillUniform(key, at, values);
                float scale = 1 / (1 - a);
                for (int k = 0; k < values.Length; k++)
                {
                    y[at + k] = op switch
                    {
                        RandomOp.Uniform => a + ((b - a) * values[k]),
                        RandomOp.Normal => a + (b * values[k]),
                        _ => values[k] >= a ? x[at + k] * scale : 0,
                    };
                }
            }
        }
    }
}
