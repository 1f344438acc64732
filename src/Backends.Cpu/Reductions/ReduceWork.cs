using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Reduces the middle axis of [outer, n, inner] in blocks of rows and bands of columns. When a column has several blocks, each
/// leaves a partial result, and <see cref="CombineWork{TReduction}"/> finishes.
/// </summary>
internal readonly unsafe struct ReduceWork<TReduction> : IShardedWork
    where TReduction : unmanaged, IReduction
{
    /// <summary>Elements of a block of rows in one band.</summary>
    private const int BlockSize = 32 * 1024;
    private const int WidestBand = 512;
    private const int NarrowRow = 64;

    private readonly float* _x;
    private readonly float* _y;
    private readonly int _outer;
    private readonly int _n;
    private readonly int _inner;
    private readonly int _band;
    private readonly int _rowsOfBlock;
    private readonly int _tasksOfShard;

    public ReduceWork(float* x, float* y, int outer, int n, int inner)
    {
        _x = x;
        _y = y;
        (_outer, _n, _inner) = (outer, n, inner);
        _band = Math.Min(inner, WidestBand);
        _rowsOfBlock = BlockSize / _band;
        Blocks = Math.Max(1, Shards.Count(n, _rowsOfBlock));
        _tasksOfShard = Math.Max(1, Shards.Size / (Math.Max(1, Math.Min(n, _rowsOfBlock)) * _band));
    }

    /// <summary>How many partial results each column gets.</summary>
    public int Blocks { get; }

    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(Tasks, _tasksOfShard);

    private int Tasks => _outer * Blocks * Shards.Count(_inner, _band);

    /// <summary>The same work with its results elsewhere: [outer, blocks, inner].</summary>
    public ReduceWork<TReduction> Into(float* partial) => new(_x, partial, _outer, _n, _inner);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint task, nint end) = Shards.Range(Tasks, shard, _tasksOfShard);
        int bands = Shards.Count(_inner, _band);
        for (; task < end; task++)
        {
            (int row, int band) = Math.DivRem((int)task, bands);
            (int part, int block) = Math.DivRem(row, Blocks);
            int first = block * _rowsOfBlock, rows = Math.Min(_rowsOfBlock, _n - first);
            int column = band * _band, columns = Math.Min(_band, _inner - column);
            float* x = _x + ((((nint)part * _n) + first) * _inner) + column;
            float* y = _y + ((nint)row * _inner) + column;
            if (_inner < NarrowRow)
                RunFolded(x, rows, y);
            else
                ColumnReduction<TReduction>.Run(x, _inner, rows, columns, y);
        }
    }

    // Narrow rows are taken several at a time as one wide row that fills its vectors, and whose parts are reduced at the end.
    // With rows of one element this is the reduction of a vector.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunFolded(float* x, int rows, float* y)
    {
        float* wide = stackalloc float[8 * NarrowRow];
        int rowsOfWide = 8 * Math.Max(1, 8 / _inner);
        if (rows < 4 * rowsOfWide && 8 % _inner == 0)
            rowsOfWide = 8 / _inner;
        int wideRows = rows / rowsOfWide, done = wideRows * rowsOfWide;
        ColumnReduction<TReduction>.Run(x + ((nint)done * _inner), _inner, rows - done, _inner, y);
        if (wideRows == 0)
            return;
        int width = rowsOfWide * _inner;
        ColumnReduction<TReduction>.Run(x, width, wideRows, width, wide);
        for (int i = 0; i < _inner; i++)
        {
            double sum = y[i];
            for (int k = i; k < width; k += _inner)
                sum = TReduction.Combine(sum, wide[k]);
            y[i] = (float)sum;
        }
    }
}
