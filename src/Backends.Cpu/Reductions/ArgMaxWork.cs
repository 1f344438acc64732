using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>The first position of the greatest element along the middle axis of [outer, n, inner]; a NaN counts as greatest.</summary>
internal readonly unsafe struct ArgMaxWork : IShardedWork
{
    private readonly float* _x;
    private readonly int* _y;
    private readonly int _outer;
    private readonly int _n;
    private readonly int _inner;
    private readonly int _band;
    private readonly int _partsOfShard;

    public ArgMaxWork(float* x, int* y, int outer, int n, int inner)
    {
        _x = x;
        _y = y;
        (_outer, _n, _inner) = (outer, n, inner);
        _band = Math.Min(inner, (Shards.RowsOf(n) + 7) / 8 * 8);
        _partsOfShard = _band < inner ? 1 : Math.Max(1, (int)(Shards.Size / Math.Max(1, (long)n * inner)));
    }

    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(_inner, _band) * Shards.Count(_outer, _partsOfShard);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int block, int band) = Math.DivRem(shard, Shards.Count(_inner, _band));
        (nint start, nint stop) = Shards.Range(_inner, band, _band);
        (nint part, nint end) = Shards.Range(_outer, block, _partsOfShard);
        for (; part < end; part++)
        {
            float* x = _x + (part * _n * _inner);
            int* y = _y + (part * _inner);
            if (_inner == 1)
                *y = OfRow(x, _n);
            else
                OfColumns(x, y, start, stop);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int OfRow(float* x, int n)
    {
        int i = 0, best = 0;
        if (n >= 16)
        {
            // Each lane keeps the first of its greatest; the lanes' winners then compete.
            Vector256<float> greatest = Vector256.Load(x);
            Vector256<int> position = Vector256<int>.Indices, at = position;
            for (i = 8; i <= n - 8; i += 8)
            {
                position += Vector256.Create(8);
                Vector256<float> value = Vector256.Load(x + i);
                Vector256<float> wins = Wins(value, greatest);
                greatest = Vector256.ConditionalSelect(wins, value, greatest);
                at = Vector256.ConditionalSelect(wins.AsInt32(), position, at);
            }

            best = at[0];
            for (int lane = 1; lane < 8; lane++)
            {
                int other = at[lane];
                if (Wins(x[other], x[best]) || (other < best && !Wins(x[best], x[other])))
                    best = other;
            }
        }

        for (; i < n; i++)
        {
            if (Wins(x[i], x[best]))
                best = i;
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void OfColumns(float* x, int* y, nint start, nint stop)
    {
        // Two lines of a row at a time: less would be a jump in memory for little.
        nint column = start;
        for (; column <= stop - 32; column += 32)
        {
            float* from = x + column;
            Vector256<float> a = Vector256.Load(from), b = Vector256.Load(from + 8), c = Vector256.Load(from + 16), d = Vector256.Load(from + 24);
            Vector256<int> atA = default, atB = default, atC = default, atD = default;
            for (int row = 1; row < _n; row++)
            {
                from += _inner;
                Vector256<int> position = Vector256.Create(row);
                Challenge(from, position, ref a, ref atA);
                Challenge(from + 8, position, ref b, ref atB);
                Challenge(from + 16, position, ref c, ref atC);
                Challenge(from + 24, position, ref d, ref atD);
            }

            atA.Store(y + column);
            atB.Store(y + column + 8);
            atC.Store(y + column + 16);
            atD.Store(y + column + 24);
        }

        for (; column <= stop - 8; column += 8)
        {
            Vector256<float> greatest = Vector256.Load(x + column);
            Vector256<int> at = Vector256<int>.Zero;
            for (int row = 1; row < _n; row++)
                Challenge(x + ((nint)row * _inner) + column, Vector256.Create(row), ref greatest, ref at);
            at.Store(y + column);
        }

        for (; column < stop; column++)
        {
            int best = 0;
            for (int row = 1; row < _n; row++)
            {
                if (Wins(x[((nint)row * _inner) + column], x[((nint)best * _inner) + column]))
                    best = row;
            }

            y[column] = best;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Challenge(float* x, Vector256<int> position, ref Vector256<float> greatest, ref Vector256<int> at)
    {
        Vector256<float> value = Vector256.Load(x), wins = Wins(value, greatest);
        greatest = Vector256.ConditionalSelect(wins, value, greatest);
        at = Vector256.ConditionalSelect(wins.AsInt32(), position, at);
    }

    // The first NaN beats every number, and nothing beats it.
    private static bool Wins(float value, float greatest) => value > greatest || (float.IsNaN(value) && !float.IsNaN(greatest));

    private static Vector256<float> Wins(Vector256<float> value, Vector256<float> greatest) =>
        Vector256.GreaterThan(value, greatest) | (Vector256.IsNaN(value) & ~Vector256.IsNaN(greatest));
}
