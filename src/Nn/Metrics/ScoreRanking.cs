namespace Numerics.Nn;

/// <summary>The scores of the examples that are of a class and of those that are not, and the decisions that they allow.</summary>
internal sealed class ScoreRanking
{
    private readonly RankedScores _positives = new();
    private readonly RankedScores _negatives = new();

    /// <summary>Takes in a score, unless it counts nothing.</summary>
    public void Add(float score, bool positive, float weight)
    {
        if (weight != 0)
            (positive ? _positives : _negatives).Add(score, weight);
    }

    /// <summary>Notes all scores.</summary>
    public void SaveState(TrainingState state)
    {
        _positives.SaveState(state.Part("positives/"));
        _negatives.SaveState(state.Part("negatives/"));
    }

    /// <summary>Takes back what <see cref="SaveState"/> wrote.</summary>
    public void LoadState(TrainingState state)
    {
        _positives.LoadState(state.Part("positives/"));
        _negatives.LoadState(state.Part("negatives/"));
    }

    /// <summary>The decisions from the highest score down to the lowest.</summary>
    public CutEnumerator GetEnumerator()
    {
        _positives.Sort();
        _negatives.Sort();
        return new CutEnumerator(_positives, _negatives);
    }

    /// <summary>The weight of what is of the class and of what is not: the last cut's sums, to the last bit.</summary>
    public (double Positives, double Negatives) Totals()
    {
        (double positives, double negatives) = (0, 0);
        foreach (Cut cut in this)
            (positives, negatives) = (cut.TruePositives, cut.FalsePositives);
        return (positives, negatives);
    }

    /// <summary>A decision: what has at least this score is taken for the class.</summary>
    public readonly record struct Cut(float Score, double TruePositives, double FalsePositives);

    /// <summary>Goes through the distinct scores, equal ones together.</summary>
    public ref struct CutEnumerator(RankedScores positives, RankedScores negatives)
    {
        private readonly ReadOnlySpan<float> _positives = positives.Scores;
        private readonly ReadOnlySpan<float> _negatives = negatives.Scores;
        private readonly ReadOnlySpan<float> _positiveWeights = positives.Weights;
        private readonly ReadOnlySpan<float> _negativeWeights = negatives.Weights;
        private int _positivesLeft = positives.Scores.Length;
        private int _negativesLeft = negatives.Scores.Length;

        public Cut Current { get; private set; }

        public bool MoveNext()
        {
            if (_positivesLeft == 0 && _negativesLeft == 0)
                return false;
            float score = _positivesLeft == 0 ? _negatives[_negativesLeft - 1]
                : _negativesLeft == 0 ? _positives[_positivesLeft - 1]
                : Math.Max(_positives[_positivesLeft - 1], _negatives[_negativesLeft - 1]);
            double truePositives = Current.TruePositives + Take(_positives, _positiveWeights, ref _positivesLeft, score);
            double falsePositives = Current.FalsePositives + Take(_negatives, _negativeWeights, ref _negativesLeft, score);
            Current = new Cut(score, truePositives, falsePositives);
            return true;
        }

        private static double Take(ReadOnlySpan<float> scores, ReadOnlySpan<float> weights, ref int left, float score)
        {
            double sum = 0;
            for (; left > 0 && scores[left - 1] == score; left--)
                sum += weights.IsEmpty ? 1 : weights[left - 1];
            return sum;
        }
    }
}
