namespace Numerics.Nn;

/// <summary>
/// The area under the ROC or the PR curve, exact over all distinct scores (Keras' AUC approximates it by 200 thresholds).
/// ROC: by trapezoids, so that equal scores count half; the probability that an example of the class has a greater score than
/// one that is not, half where they are equal (Hanley and McNeil, 1982; Fawcett, "An introduction to ROC analysis", 2006).
/// PR: interpolated between the scores after Davis and Goadrich, "The relationship between precision-recall and ROC curves",
/// ICML 2006, section 4, as Keras does: true and false positives grow in proportion, from (a, b) to (a + d, b + e) the area is
/// ∫ (a + t) / (a + b + t·(d + e)/d) dt over t in [0, d], divided by the weight of the class. It is not average precision, which
/// is a sum over steps.
/// </summary>
/// <remarks>
/// Takes one column of scores of class 1; or [batch, .., classes], one-hot or several-hot labels or class numbers, where each
/// class is measured against the rest. Any scores will do, logits as well. The ROC of a class needs an example of it and
/// another one, the PR curve one of it; a class without counts in no average, and where there is none the value is 0.
/// Keras flattens the classes, <see cref="Averaging.Micro"/> here, or with <c>multi_label=True</c> averages as
/// <see cref="Averaging.Macro"/> does.
/// </remarks>
public sealed class AUC : RankingMetric
{
    /// <summary>Creates the metric.</summary>
    /// <param name="curve">The curve.</param>
    /// <param name="average">How the classes' areas become one number.</param>
    /// <param name="classId">The only class, a place in the last axis, that counts; all of them when null.</param>
    /// <param name="name">The name in logs.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public AUC(AUCCurve curve = AUCCurve.ROC, Averaging average = Averaging.Macro, int? classId = null, string name = "auc")
        : base(classId, average == Averaging.Micro, name)
    {
        if (!Enum.IsDefined(curve))
            throw new ArgumentOutOfRangeException(nameof(curve), curve, "unknown curve");
        if (!Enum.IsDefined(average))
            throw new ArgumentOutOfRangeException(nameof(average), average, "unknown averaging");
        (Curve, Average) = (curve, average);
    }

    /// <summary>The curve.</summary>
    public AUCCurve Curve { get; }

    /// <summary>How the classes' areas become one number.</summary>
    public Averaging Average { get; }

    /// <summary>
    /// The area of each class that counts, NaN where it is not defined; a single one when classes are pooled, none before the
    /// first batch.
    /// </summary>
    public IReadOnlyList<double> PerClass => [.. Rankings.Select(ranking => Area(ranking).Area)];

    /// <inheritdoc/>
    public override double Result()
    {
        double sum = 0, weights = 0;
        foreach (ScoreRanking ranking in Rankings)
        {
            (double area, double positives) = Area(ranking);
            if (double.IsNaN(area))
                continue;
            double weight = Average == Averaging.Weighted ? positives : 1;
            sum += weight * area;
            weights += weight;
        }

        return weights == 0 ? 0 : sum / weights;
    }

    /// <summary>The curve's points from no example to all of them; a PR curve begins at the highest score.</summary>
    /// <param name="index">A place in <see cref="PerClass"/>.</param>
    /// <returns>The points; none where the curve is not defined.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public IReadOnlyList<CurvePoint> Points(int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Rankings.Count);
        ScoreRanking ranking = Rankings[index];
        (double positives, double negatives) = ranking.Totals();
        var points = new List<CurvePoint>();
        if (positives == 0 || (negatives == 0 && Curve == AUCCurve.ROC))
            return points;
        if (Curve == AUCCurve.ROC)
            points.Add(new CurvePoint(0, 0, float.PositiveInfinity));
        foreach (ScoreRanking.Cut cut in ranking)
        {
            double recall = cut.TruePositives / positives;
            points.Add(Curve == AUCCurve.ROC
                ? new CurvePoint(cut.FalsePositives / negatives, recall, cut.Score)
                : new CurvePoint(recall, cut.TruePositives / (cut.TruePositives + cut.FalsePositives), cut.Score));
        }

        return points;
    }

    private (double Area, double Positives) Area(ScoreRanking ranking)
    {
        double area = 0, hits = 0, alarms = 0;
        foreach (ScoreRanking.Cut cut in ranking)
        {
            double moreHits = cut.TruePositives - hits, moreAlarms = cut.FalsePositives - alarms;
            area += Curve == AUCCurve.ROC ? moreAlarms * (hits + (moreHits / 2)) : PrecisionArea(hits, alarms, moreHits, moreAlarms);
            (hits, alarms) = (cut.TruePositives, cut.FalsePositives);
        }

        double unit = Curve == AUCCurve.ROC ? hits * alarms : hits;
        return (unit == 0 ? double.NaN : area / unit, hits);
    }

    // The integral in the class's summary; with the share s = d / (d + e) of true positives among the new ones it is
    // s·(d + (a - s·(a + b))·ln(1 + (d + e)/(a + b))).
    private static double PrecisionArea(double hits, double alarms, double moreHits, double moreAlarms)
    {
        if (moreHits == 0)
            return 0;
        double taken = hits + alarms, more = moreHits + moreAlarms, share = moreHits / more;
        return taken == 0
            ? share * moreHits
            : share * (moreHits + ((hits - (share * taken)) * Log1P(more / taken)));
    }

    // ln(1 + x) to the last digits for small x as well: the rounding of 1 + x is divided out again (Kahan).
    private static double Log1P(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }
}
