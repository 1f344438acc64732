using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Copies pictures, as floats, into padded ones; a shard is one picture.</summary>
internal readonly unsafe struct PadWork(PaddedImages images) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard) => images.CopyRows(shard, 0, images.PaddedHeight, images.Image(shard));
}
