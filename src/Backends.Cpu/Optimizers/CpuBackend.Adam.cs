using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Adam in one pass: bound by memory, four streams read and three written.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void AdamUpdate(Tensor weights, Tensor gradient, Tensor mean, Tensor variance, in AdamStep step)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(gradient);
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(variance);
        var work = new AdamWork(Pointer<float>(weights), Pointer<float>(gradient), Pointer<float>(mean), Pointer<float>(variance), weights.Count, step);
        _team.Run(work, Shards.Count(weights.Count));
        GC.KeepAlive(weights);
        GC.KeepAlive(gradient);
        GC.KeepAlive(mean);
        GC.KeepAlive(variance);
    }

    private readonly struct AdamWork(float* w, float* g, float* m, float* v, int count, AdamStep step) : IShardedWork
    {
        public void Run(int shard)
        {
            int i = shard * Shards.Size, end = i + Shards.Length(count, shard);
            float a = 1 - step.Beta1, b = 1 - step.Beta2, keep = 1 - step.Decay;
            for (; i <= end - 8; i += 8)
            {
                Vector256<float> grad = Vector256.Load(g + i), mean = Vector256.Load(m + i), square = Vector256.Load(v + i);
                mean += (grad - mean) * a;
                square += ((grad * grad) - square) * b;
                mean.Store(m + i);
                square.Store(v + i);
                Vector256<float> move = mean * step.LearningRate / (Vector256.Sqrt(square) + Vector256.Create(step.Epsilon));
                ((Vector256.Load(w + i) * keep) - move).Store(w + i);
            }

            for (; i < end; i++)
            {
                m[i] += (g[i] - m[i]) * a;
                v[i] += ((g[i] * g[i]) - v[i]) * b;
                w[i] = (w[i] * keep) - (m[i] * step.LearningRate / (MathF.Sqrt(v[i]) + step.Epsilon));
            }
        }
    }
}
