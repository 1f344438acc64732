using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>
/// y = f(a, b), element by element, with broadcasting. Long rows are cut into shards; short rows are taken many at a time, and
/// spread out first, so that vectors stay full.
/// </summary>
internal readonly unsafe struct BinaryWork<TFunction> : IShardedWork
    where TFunction : unmanaged, IBinaryFunction
{
    private const int ShortRow = 64;
    private const int TileSize = 1024;

    private readonly TFunction _function;
    private readonly BroadcastWalk _walk;
    private readonly float* _a;
    private readonly float* _b;
    private readonly float* _y;
    private readonly int _piecesOfRow;
    private readonly int _rowsOfShard;

    public BinaryWork(TFunction function, in BroadcastWalk walk, float* a, float* b, float* y)
    {
        _a = a;
        _b = b;
        _y = y;
        (_function, _walk) = (function, walk);
        _piecesOfRow = Shards.Count(walk.Inner);
        _rowsOfShard = _piecesOfRow > 1 ? 1 : Shards.RowsOf(walk.Inner);
    }

    /// <summary>How many shards there are.</summary>
    public int Count => _piecesOfRow * Shards.Count(_walk.Rows, _rowsOfShard);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int block, int piece) = Math.DivRem(shard, _piecesOfRow);
        int first = block * _rowsOfShard, end = Math.Min(first + _rowsOfShard, _walk.Rows);
        if (_walk.Inner < ShortRow && end - first > 1)
        {
            RunShortRows(first, end);
            return;
        }

        (nint start, nint stop) = Shards.Range(_walk.Inner, piece);
        for (int row = first; row < end; row++)
        {
            (nint offsetA, nint offsetB) = _walk.Offsets(row);
            float* a = _a + offsetA + (start * _walk.StepA), b = _b + offsetB + (start * _walk.StepB);
            float* y = _y + ((nint)row * _walk.Inner) + start;
            if (_walk.StepA == 0)
                RunRepeatedA(*a, b, y, stop - start);
            else if (_walk.StepB == 0)
                RunRepeatedB(a, *b, y, stop - start);
            else
                RunBoth(a, b, y, stop - start);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunBoth(float* a, float* b, float* y, nint count)
    {
        nint i = 0;
        for (; i <= count - 8; i += 8)
            _function.Invoke(Vector256.Load(a + i), Vector256.Load(b + i)).Store(y + i);
        int rest = (int)(count - i);
        if (rest > 0)
            VectorTail.Store(_function.Invoke(VectorTail.Load(a + i, rest), VectorTail.Load(b + i, rest)), y + i, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunRepeatedA(float a, float* b, float* y, nint count)
    {
        Vector256<float> repeated = Vector256.Create(a);
        nint i = 0;
        for (; i <= count - 8; i += 8)
            _function.Invoke(repeated, Vector256.Load(b + i)).Store(y + i);
        int rest = (int)(count - i);
        if (rest > 0)
            VectorTail.Store(_function.Invoke(repeated, VectorTail.Load(b + i, rest)), y + i, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunRepeatedB(float* a, float b, float* y, nint count)
    {
        Vector256<float> repeated = Vector256.Create(b);
        nint i = 0;
        for (; i <= count - 8; i += 8)
            _function.Invoke(Vector256.Load(a + i), repeated).Store(y + i);
        int rest = (int)(count - i);
        if (rest > 0)
            VectorTail.Store(_function.Invoke(VectorTail.Load(a + i, rest), repeated), y + i, rest);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunShortRows(int first, int end)
    {
        float* tileA = stackalloc float[TileSize], tileB = stackalloc float[TileSize];
        int inner = _walk.Inner, rowsOfTile = TileSize / inner;
        bool filledA = false, filledB = false;
        for (int row = first; row < end; row += rowsOfTile)
        {
            int rows = Math.Min(rowsOfTile, end - row);
            float* a = _a + ((nint)row * inner), b = _b + ((nint)row * inner);
            if (!_walk.IsContiguousA)
            {
                a = tileA;
                if (!filledA)
                    Spread(row, rows, isA: true, a);

                // Every tile is the same when the operand is one row that repeats; the last tile is only shorter.
                filledA = _walk.IsOneRowA;
            }

            if (!_walk.IsContiguousB)
            {
                b = tileB;
                if (!filledB)
                    Spread(row, rows, isA: false, b);
                filledB = _walk.IsOneRowB;
            }

            RunBoth(a, b, _y + ((nint)row * inner), rows * inner);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Spread(int first, int rows, bool isA, float* tile)
    {
        int inner = _walk.Inner, step = isA ? _walk.StepA : _walk.StepB;
        for (int row = first; row < first + rows; row++, tile += inner)
        {
            (nint offsetA, nint offsetB) = _walk.Offsets(row);
            float* source = isA ? _a + offsetA : _b + offsetB;
            for (int i = 0; i < inner; i++)
                tile[i] = source[i * step];
        }
    }
}
