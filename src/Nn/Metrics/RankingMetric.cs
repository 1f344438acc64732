using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// What is computed from the order of the scores. It is exact: every score is kept, in four bytes, or eight when examples are
/// weighted, for each column that counts. Reading the value takes time linear in the number of scores; training reads it after
/// every batch.
/// </summary>
public abstract class RankingMetric : Metric
{
    private readonly bool _pooled;
    private ScoreRanking[] _rankings = [];
    private int _columns;

    private protected RankingMetric(int? classId, bool pooled, string name)
        : base(name)
    {
        if (classId is { } id)
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(classId));
        (ClassId, _pooled) = (classId, pooled);
    }

    /// <summary>The only class, a place in the last axis, that counts; all of them when null.</summary>
    public int? ClassId { get; }

    /// <inheritdoc/>
    public sealed override MonitorMode Direction => MonitorMode.Max;

    /// <summary>The scores of each column that counts, or those of all together; none before the first batch.</summary>
    private protected IReadOnlyList<ScoreRanking> Rankings => _rankings;

    /// <inheritdoc/>
    public sealed override void ResetState() => _rankings = [];

    /// <inheritdoc/>
    public sealed override void SaveState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("columns", (long)_columns);
        state.Set("rankings", (long)_rankings.Length);
        for (int i = 0; i < _rankings.Length; i++)
            _rankings[i].SaveState(state.Part(FormattableString.Invariant($"{i}/")));
    }

    /// <inheritdoc/>
    public sealed override void LoadState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.TryGet("columns", out long columns) || !state.TryGet("rankings", out long rankings))
            return;
        _columns = (int)columns;
        _rankings = [.. Enumerable.Range(0, (int)rankings).Select(_ => new ScoreRanking())];
        for (int i = 0; i < _rankings.Length; i++)
            _rankings[i].LoadState(state.Part(FormattableString.Invariant($"{i}/")));
    }

    /// <inheritdoc/>
    protected sealed override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        ClassifierBatch batch = ClassifierBatch.Read(yTrue, yPred, sampleWeight, Name);
        (int first, int end) = batch.ColumnsOf(ClassId);
        if (_rankings.Length == 0)
        {
            _columns = batch.Columns;
            _rankings = [.. Enumerable.Range(0, _pooled ? 1 : end - first).Select(_ => new ScoreRanking())];
        }

        batch.CheckColumns(_columns);
        for (int i = 0; i < batch.Examples; i++)
        {
            ReadOnlySpan<float> scores = batch.Row(i);
            for (int c = first; c < end; c++)
                _rankings[_pooled ? 0 : c - first].Add(scores[c], batch.IsPositive(i, c), batch.Weight(i, c));
        }
    }
}
