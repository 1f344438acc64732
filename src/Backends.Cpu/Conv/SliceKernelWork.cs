using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Lays out a 3 x 3 kernel for <see cref="SparseWindow"/>, as [slice of 16 input channels][out][3 · 3][16]. A shard is a tap of a slice.
/// </summary>
internal readonly unsafe struct SliceKernelWork(float* kernel, Conv2DGeometry conv, float* target) : IShardedWork
{
    private const int Taps = SparseWindow.Patch / SparseWindow.Channels;

    /// <summary>How many shards there are.</summary>
    public int Shards => conv.InChannels / SparseWindow.Channels * Taps;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        int slice = shard / Taps, tap = shard % Taps;
        float* source = kernel + ((((nint)tap * conv.InChannels) + (slice * SparseWindow.Channels)) * conv.OutChannels);
        float* to = target + ((nint)slice * conv.OutChannels * SparseWindow.Patch) + (tap * SparseWindow.Channels);
        Transposition.Run(source, conv.OutChannels, 1, SparseWindow.Channels, conv.OutChannels, to, SparseWindow.Patch);
    }
}
