using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Copies runs of bytes that lie at even distances. Long runs are cut into pieces, short ones are taken many at a time.
/// </summary>
internal readonly unsafe struct CopyRunsWork : IShardedWork
{
    private const int BytesOfShard = 256 * 1024;

    private readonly byte* _source;
    private readonly byte* _target;
    private readonly long _sourceStep;
    private readonly long _targetStep;
    private readonly long _run;
    private readonly int _runs;
    private readonly int _piecesOfRun;
    private readonly int _runsOfShard;

    /// <summary>Describes the runs.</summary>
    /// <param name="source">The first run.</param>
    /// <param name="sourceStep">Bytes from a run to the next.</param>
    /// <param name="target">Where the first run goes.</param>
    /// <param name="targetStep">Bytes from there to where the next goes.</param>
    /// <param name="run">Bytes of one run.</param>
    /// <param name="runs">How many runs there are.</param>
    public CopyRunsWork(byte* source, long sourceStep, byte* target, long targetStep, long run, int runs)
    {
        _source = source;
        _target = target;
        (_sourceStep, _targetStep, _run, _runs) = (sourceStep, targetStep, run, runs);
        _piecesOfRun = (int)Math.Max(1, (run + BytesOfShard - 1) / BytesOfShard);
        _runsOfShard = (int)Math.Max(1, BytesOfShard / Math.Max(1, run));
    }

    /// <summary>How many shards there are.</summary>
    public int Count => _piecesOfRun * Shards.Count(_runs, _runsOfShard);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int block, int piece) = Math.DivRem(shard, _piecesOfRun);
        (nint run, nint end) = Shards.Range(_runs, block, _runsOfShard);
        long start = (long)piece * BytesOfShard, length = _piecesOfRun == 1 ? _run : Math.Min(BytesOfShard, _run - start);
        for (; run < end; run++)
            Buffer.MemoryCopy(_source + (run * _sourceStep) + start, _target + (run * _targetStep) + start, length, length);
    }
}
