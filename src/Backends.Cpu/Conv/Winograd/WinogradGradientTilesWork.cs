using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Transforms some rows of tiles of the input and of the output's gradient. A shard is a range of them.</summary>
/// <param name="gradient">What is computed.</param>
/// <param name="firstRow">The first row of tiles, all pictures' counted.</param>
/// <param name="rows">How many.</param>
/// <param name="workspaces">What the shards work in, <see cref="WinogradGradient.TransformSize"/> floats each.</param>
internal readonly unsafe struct WinogradGradientTilesWork(WinogradGradient gradient, int firstRow, int rows, Workspaces workspaces) : IShardedWork
{
    private const int MaxShards = 32;

    /// <summary>How many ranges there are.</summary>
    public int Shards => Math.Min(MaxShards, rows);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* workspace = workspaces.Mine;
        int end = (int)((long)rows * (shard + 1) / Shards);
        for (int row = (int)((long)rows * shard / Shards); row < end; row++)
            gradient.Transform(firstRow + row, (nint)row * gradient.TilesOfRow, workspace);
    }
}
