using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>Rows, each computed on its own; short ones eight at a time, which are turned round on the stack.</summary>
internal readonly unsafe struct RowWork<TKernel>(float* a, float* b, float* y, int rows, int n) : IShardedWork
    where TKernel : IRowKernel
{
    // Up to here a row leaves most lanes of its last vector idle.
    private const int LongestShortRow = 16;
    private const int Lanes = 8;

    private readonly int _rowsOfShard = Shards.RowsOf(n);

    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(rows, _rowsOfShard);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint row, nint end) = Shards.Range(rows, shard, _rowsOfShard);
        if (n is > 0 and <= LongestShortRow)
        {
            ShortRows(row, end);
            return;
        }

        for (; row < end; row++)
            TKernel.Run(a + (row * n), b + (row * n), y + (row * n), n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ShortRows(nint row, nint end)
    {
        Vector256<float>* first = stackalloc Vector256<float>[LongestShortRow], second = stackalloc Vector256<float>[LongestShortRow];
        Vector256<float>* result = stackalloc Vector256<float>[LongestShortRow];
        for (; row < end; row += Lanes)
        {
            // Lanes beyond the last row compute something that nobody reads.
            int count = (int)Math.Min(Lanes, end - row);
            Transposition.Run(a + (row * n), n, 1, count, n, (float*)first, Lanes);
            if (b != a)
                Transposition.Run(b + (row * n), n, 1, count, n, (float*)second, Lanes);
            TKernel.RunColumns(first, b == a ? first : second, result, n);
            Transposition.Run((float*)result, Lanes, 1, n, count, y + (row * n), n);
        }
    }
}
