using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>dx = factor·(dy - a - (x - mean)·b) for each channel, dy as <see cref="OuterGradient"/> has it.</summary>
internal readonly unsafe struct NormalizeGradientWork(
    float* x, OuterGradient dy, RowBlocks blocks, float* mean, float* factor, float* a, float* b, float* dx) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint first, int rows) = blocks[shard];
        int channels = blocks.Channels;
        for (nint row = first; row < first + rows; row++)
        {
            float* from = x + (row * channels), to = dx + (row * channels);
            OuterGradient outer = dy.Skip(row * channels);
            int c = 0;
            for (; c <= channels - 8; c += 8)
            {
                Vector256<float> centred = Vector256.Load(from + c) - Vector256.Load(mean + c);
                Vector256<float> rest = outer.Load(c) - Vector256.Load(a + c) - (centred * Vector256.Load(b + c));
                (rest * Vector256.Load(factor + c)).Store(to + c);
            }

            for (; c < channels; c++)
                to[c] = (outer[c] - a[c] - ((from[c] - mean[c]) * b[c])) * factor[c];
        }
    }
}
