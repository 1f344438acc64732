using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A kernel gradient of few channels: a shard is a range of rows of tiles. Some are transformed and multiplied at a time, all in L2; the sums go
/// back to taps at the end.
/// </summary>
/// <param name="gradient">What is computed.</param>
/// <param name="partials">A kernel for each shard.</param>
/// <param name="workspaces">What the shards work in, <see cref="WorkspaceSize"/> floats each.</param>
internal readonly unsafe struct WinogradGradientRowsWork(WinogradGradient gradient, float* partials, Workspaces workspaces) : IShardedWork
{
    private int Shards => ShardsOf(gradient);

    /// <summary>Floats that a thread works in.</summary>
    public static nint WorkspaceSize(in WinogradGradient gradient) =>
        gradient.InputSize + gradient.TapSize + (gradient.Blocks * WinogradGradient.ProductsSize) + gradient.TransformSize;

    /// <summary>How many shards there are.</summary>
    public static int ShardsOf(in WinogradGradient gradient) => Math.Min(WinogradGradient.EnoughShards, Math.Max(gradient.AllRows / gradient.RowsOfThread, 1));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        WinogradGradient mine = gradient;
        mine.InputPoints = workspaces.Mine;
        mine.TapPoints = mine.InputPoints + gradient.InputSize;
        float* products = mine.TapPoints + gradient.TapSize, workspace = products + (gradient.Blocks * WinogradGradient.ProductsSize);
        int first = (int)((long)gradient.AllRows * shard / Shards), end = (int)((long)gradient.AllRows * (shard + 1) / Shards), rows;
        int steps = (end - first + gradient.RowsOfThread - 1) / gradient.RowsOfThread;
        for (int row = first, step = 0; row < end; row += rows, step++)
        {
            // Steps of equal size.
            rows = ((end - first) * (step + 1) / steps) - ((end - first) * step / steps);
            for (int i = 0; i < rows; i++)
                mine.Transform(row + i, (nint)i * gradient.TilesOfRow, workspace);
            for (int block = 0; block < gradient.Blocks; block++)
                Block(mine, block, products).Multiply(0, rows * gradient.TilesOfRow, accumulate: row > first);
        }

        for (int block = 0; block < gradient.Blocks; block++)
            Block(mine, block, products).Back(partials + (shard * gradient.KernelSize), accumulate: false);
    }

    private static WinogradGradientBlock Block(in WinogradGradient gradient, int block, float* products) =>
        new(gradient, block, products + (block * WinogradGradient.ProductsSize));
}
