using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Adds rows to the places that a list of positions names, in the order of the list. A shard takes a band of columns through
/// the whole list, so that no two write to one place and the order of additions is always the same.
/// </summary>
internal readonly unsafe struct ScatterAddWork : IShardedWork
{
    private const int NarrowestBand = 64;

    private readonly float* _source;
    private readonly int* _positions;
    private readonly float* _target;
    private readonly int _n;
    private readonly int _picked;
    private readonly int _outer;
    private readonly int _inner;
    private readonly int _band;

    public ScatterAddWork(float* source, int* positions, float* target, int n, int picked, int outer, int inner)
    {
        _source = source;
        _positions = positions;
        _target = target;
        (_n, _picked, _outer, _inner) = (n, picked, outer, inner);
        _band = Math.Max(NarrowestBand, Shards.RowsOf(picked));
    }

    /// <summary>How many shards there are.</summary>
    public int Count => _outer * Shards.Count(_inner, _band);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int part, int band) = Math.DivRem(shard, Shards.Count(_inner, _band));
        (nint start, nint end) = Shards.Range(_inner, band, _band);
        for (int i = 0; i < _picked; i++)
        {
            float* from = _source + ((((nint)part * _picked) + i) * _inner);
            float* to = _target + ((((nint)part * _n) + _positions[i]) * _inner);
            nint column = start;
            for (; column <= end - 8; column += 8)
                (Vector256.Load(to + column) + Vector256.Load(from + column)).Store(to + column);
            for (; column < end; column++)
                to[column] += from[column];
        }
    }
}
