using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Lays out a 3 x 3 kernel for <see cref="SparseWindow"/> or <see cref="SparseHalfWindow"/>, as [slice of input channels][out][3 · 3][channels of
/// a slice]. A shard is a tap of a slice.
/// </summary>
internal readonly unsafe struct SliceKernelWork(float* kernel, Conv2DGeometry conv, int channels, float* target) : IShardedWork
{
    private const int Taps = 9;

    /// <summary>How many shards there are.</summary>
    public int Shards => conv.InChannels / channels * Taps;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        int slice = shard / Taps, tap = shard % Taps;
        float* source = kernel + ((((nint)tap * conv.InChannels) + (slice * channels)) * conv.OutChannels);
        float* to = target + ((nint)slice * conv.OutChannels * Taps * channels) + (tap * channels);
        Transposition.Run(source, conv.OutChannels, 1, channels, conv.OutChannels, to, Taps * channels);
    }
}
