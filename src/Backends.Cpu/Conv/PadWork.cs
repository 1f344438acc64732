using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Copies pictures into padded ones; a shard is one picture.</summary>
internal readonly unsafe struct PadWork(float* source, PaddedImages target) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard) => target.CopyRows(
        source + ((nint)shard * target.Height * target.Width * target.Channels), 0, target.Top + target.Height + target.Bottom, target.Image(shard));
}
