using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>y = (x - mean)·scale + beta for each channel, then max(·, 0) if asked for; NaN stays NaN.</summary>
internal readonly unsafe struct NormalizeWork(float* x, RowBlocks blocks, float* mean, float* scale, float* beta, bool relu, float* y) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint first, int rows) = blocks[shard];
        int channels = blocks.Channels;
        for (nint row = first; row < first + rows; row++)
        {
            float* from = x + (row * channels), to = y + (row * channels);
            int c = 0;
            for (; c <= channels - 8; c += 8)
            {
                Vector256<float> centred = Vector256.Load(from + c) - Vector256.Load(mean + c);
                Vector256<float> normalised = Vector256.MultiplyAddEstimate(centred, Vector256.Load(scale + c), Vector256.Load(beta + c));
                (relu ? Epilogue.Rectify(normalised) : normalised).Store(to + c);
            }

            for (; c < channels; c++)
            {
                float normalised = float.MultiplyAddEstimate(from[c] - mean[c], scale[c], beta[c]);
                to[c] = relu && normalised < 0 ? 0 : normalised;
            }
        }
    }
}
