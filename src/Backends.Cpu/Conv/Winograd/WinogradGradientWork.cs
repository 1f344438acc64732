using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Multiplies transformed tiles, and transforms the sums back. A shard is a block of the kernel (<see cref="WinogradGradientBlock"/>) and a range
/// of tiles.
/// </summary>
/// <param name="gradient">What is computed.</param>
/// <param name="tiles">How many tiles there are.</param>
/// <param name="parts">How many ranges of tiles.</param>
/// <param name="partials">A kernel for each range.</param>
/// <param name="accumulate">Whether to add to what is there.</param>
/// <param name="workspaces">What the shards work in, <see cref="WinogradGradient.ProductsSize"/> floats each.</param>
internal readonly unsafe struct WinogradGradientWork(WinogradGradient gradient, int tiles, int parts, float* partials, bool accumulate, Workspaces workspaces)
    : IShardedWork
{
    /// <summary>How many shards there are.</summary>
    public int Shards => parts * gradient.Blocks;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int part, int index) = Math.DivRem(shard, gradient.Blocks);
        int first = (int)((long)tiles * part / parts), count = (int)((long)tiles * (part + 1) / parts) - first;
        var block = new WinogradGradientBlock(gradient, index, workspaces.Mine);
        block.Multiply(first, count, accumulate: false);
        block.Back(partials + (part * gradient.KernelSize), accumulate);
    }
}
