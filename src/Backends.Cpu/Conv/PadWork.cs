using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Copies pictures into padded ones; a shard is one picture.</summary>
internal readonly unsafe struct PadWork(float* source, PaddedImages target) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        int row = target.Width * target.Channels;
        float* from = source + ((nint)shard * target.Height * row), to = target.Image(shard);
        Zero(to, target.Top * target.RowStride);
        to += target.Top * target.RowStride;
        for (int y = 0; y < target.Height; y++, from += row, to += target.RowStride)
        {
            Zero(to, target.Left * target.Channels);
            new ReadOnlySpan<float>(from, row).CopyTo(new Span<float>(to + (target.Left * target.Channels), row));
            Zero(to + ((target.Left + target.Width) * target.Channels), target.Right * target.Channels);
        }

        Zero(to, target.Bottom * target.RowStride);
    }

    private static void Zero(float* start, nint count) => new Span<float>(start, (int)count).Clear();
}
