namespace Numerics.Nn;

/// <summary>The best value of one rate that the scores allow while another rate is kept.</summary>
public abstract class OperatingPointMetric : RankingMetric
{
    private protected OperatingPointMetric(double rate, string argument, int? classId, string name)
        : base(classId, pooled: true, name)
    {
        if (rate is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(argument, rate, $"{argument} is in [0, 1]");
        Rate = rate;
    }

    /// <summary>The least value of the rate that is kept, in [0, 1].</summary>
    public double Rate { get; }

    /// <inheritdoc/>
    public sealed override double Result()
    {
        if (Rankings.Count == 0)
            return 0;
        (double positives, double negatives) = Rankings[0].Totals();
        if (positives == 0)
            return 0;
        double best = Sought(new BinaryCounts(0, 0, positives, negatives));
        foreach (ScoreRanking.Cut cut in Rankings[0])
        {
            best = Math.Max(best, Sought(new BinaryCounts(
                cut.TruePositives, cut.FalsePositives, positives - cut.TruePositives, negatives - cut.FalsePositives)));
        }

        return best;
    }

    /// <summary>The rate that is sought where the other one is kept, else 0; there are positive examples.</summary>
    private protected abstract double Sought(BinaryCounts counts);
}
