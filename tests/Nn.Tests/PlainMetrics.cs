namespace Numerics.Nn.Tests;

/// <summary>Definitions of metrics in double precision, example by example and pair by pair.</summary>
internal static class PlainMetrics
{
    /// <summary>The probability that a positive has the greater score, half for equal ones; NaN without pairs.</summary>
    public static double RocArea(IReadOnlyList<(double Score, bool Positive, double Weight)> examples)
    {
        double wins = 0, pairs = 0;
        foreach (var p in examples.Where(e => e.Positive))
        {
            foreach (var n in examples.Where(e => !e.Positive))
            {
                double weight = p.Weight * n.Weight;
                pairs += weight;
                wins += p.Score > n.Score ? weight : p.Score == n.Score ? weight / 2 : 0;
            }
        }

        return pairs == 0 ? double.NaN : wins / pairs;
    }

    /// <summary>The area under precision over recall, by Simpson's rule on each segment of the interpolated curve.</summary>
    public static double PrArea(IReadOnlyList<(double Score, bool Positive, double Weight)> examples)
    {
        double all = examples.Where(e => e.Positive).Sum(e => e.Weight), area = 0;
        if (all == 0)
            return double.NaN;
        (double tp, double fp) = (0, 0);
        foreach (double score in examples.Where(e => e.Weight > 0).Select(e => e.Score).Distinct().OrderDescending())
        {
            double nextTp = examples.Where(e => e.Positive && e.Score >= score).Sum(e => e.Weight);
            double nextFp = examples.Where(e => !e.Positive && e.Score >= score).Sum(e => e.Weight);
            if (nextTp > tp)
            {
                const int Steps = 2000;
                double sum = 0, first = tp, alarms = fp;
                for (int i = 0; i <= Steps; i++)
                {
                    double part = Interpolated(first, alarms, nextTp, nextFp, Math.Max((double)i / Steps, 1e-12));
                    sum += part * (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2);
                }

                area += sum / (3 * Steps) * (nextTp - tp);
            }

            (tp, fp) = (nextTp, nextFp);
        }

        return area / all;
    }

    /// <summary>The precision at a share of the way between two points of the curve (Davis and Goadrich, section 4).</summary>
    public static double Interpolated(double tp, double fp, double nextTp, double nextFp, double share)
    {
        double hits = tp + (share * (nextTp - tp)), alarms = fp + (share * (nextFp - fp));
        return hits / (hits + alarms);
    }

    /// <summary>TP, FP, FN and TN of each class against the rest, a row for each.</summary>
    public static (double TP, double FP, double FN, double TN)[] Counts(RandomClassification data)
    {
        var counts = new (double TP, double FP, double FN, double TN)[data.Columns];
        for (int c = 0; c < data.Columns; c++)
        {
            int id = data.Columns == 1 ? 1 : c;
            for (int i = 0; i < data.Examples; i++)
            {
                bool expected = data.Labels[i] == id, predicted = data.Predicted(i) == id;
                double w = data.Weight(i);
                counts[c].TP += expected && predicted ? w : 0;
                counts[c].FP += !expected && predicted ? w : 0;
                counts[c].FN += expected && !predicted ? w : 0;
                counts[c].TN += !expected && !predicted ? w : 0;
            }
        }

        return counts;
    }

    /// <summary>F out of precision and recall.</summary>
    public static double FBeta(double tp, double fp, double fn, double beta)
    {
        if (tp == 0)
            return 0;
        double precision = tp / (tp + fp), recall = tp / (tp + fn);
        return (1 + (beta * beta)) * precision * recall / ((beta * beta * precision) + recall);
    }

    /// <summary>The correlation of one-hot labels and one-hot predictions (Gorodkin, equations 1 to 4).</summary>
    public static double MultiClassCorrelation(RandomClassification data)
    {
        double all = Enumerable.Range(0, data.Examples).Sum(data.Weight);
        double Covariance(Func<int, int, double> a, Func<int, int, double> b)
        {
            double sum = 0;
            for (int k = 0; k < data.Classes; k++)
            {
                double meanA = 0, meanB = 0;
                for (int i = 0; i < data.Examples; i++)
                    (meanA, meanB) = (meanA + (data.Weight(i) * a(i, k) / all), meanB + (data.Weight(i) * b(i, k) / all));
                for (int i = 0; i < data.Examples; i++)
                    sum += data.Weight(i) * (a(i, k) - meanA) * (b(i, k) - meanB);
            }

            return sum;
        }

        double Label(int i, int k) => data.Labels[i] == k ? 1 : 0;
        double Prediction(int i, int k) => data.Predicted(i) == k ? 1 : 0;
        double scale = Math.Sqrt(Covariance(Label, Label) * Covariance(Prediction, Prediction));
        return all == 0 || scale < 1e-12 ? 0 : Covariance(Label, Prediction) / scale;
    }

    /// <summary>1 - disagreement of label and prediction of one example / of labels and predictions of all pairs of examples.</summary>
    public static double Kappa(RandomClassification data, Func<int, int, double> distance)
    {
        double all = 0, observed = 0, expected = 0;
        for (int i = 0; i < data.Examples; i++)
        {
            all += data.Weight(i);
            observed += data.Weight(i) * distance(data.Labels[i], data.Predicted(i));
            for (int j = 0; j < data.Examples; j++)
                expected += data.Weight(i) * data.Weight(j) * distance(data.Labels[i], data.Predicted(j));
        }

        return expected == 0 ? 0 : 1 - (observed / all / (expected / (all * all)));
    }

    /// <summary>The mean of the recalls of the classes that occur.</summary>
    public static double BalancedAccuracy(RandomClassification data)
    {
        var recalls = new List<double>();
        for (int k = 0; k < data.Classes; k++)
        {
            int[] members = [.. Enumerable.Range(0, data.Examples).Where(i => data.Labels[i] == k)];
            double all = members.Sum(data.Weight);
            if (all > 0)
                recalls.Add(members.Where(i => data.Predicted(i) == k).Sum(data.Weight) / all);
        }

        return recalls.Count == 0 ? 0 : recalls.Average();
    }

    /// <summary>The calibration error, bin by bin.</summary>
    public static double CalibrationError(RandomClassification data, int bins)
    {
        double all = Enumerable.Range(0, data.Examples).Sum(data.Weight), error = 0;
        double Confidence(int i) => data.Columns == 1 ? Math.Max(data.Scores[i][0], 1.0 - data.Scores[i][0]) : data.Scores[i].Max();
        for (int m = 1; m <= bins; m++)
        {
            int[] members = [.. Enumerable.Range(0, data.Examples)
                .Where(i => Confidence(i) * bins > m - 1 && Confidence(i) * bins <= m)];
            double weight = members.Sum(data.Weight);
            if (weight == 0)
                continue;
            double accuracy = members.Where(i => data.Labels[i] == data.Predicted(i)).Sum(data.Weight) / weight;
            error += weight / all * Math.Abs(accuracy - (members.Sum(i => data.Weight(i) * Confidence(i)) / weight));
        }

        return error;
    }

    /// <summary>The best of one rate while the other is kept, over a threshold below, between and above all scores.</summary>
    public static double OperatingPoint(
        IReadOnlyList<(double Score, bool Positive, double Weight)> examples, double kept, bool keepSensitivity)
    {
        double positives = examples.Where(e => e.Positive).Sum(e => e.Weight), negatives = examples.Where(e => !e.Positive).Sum(e => e.Weight);
        if (positives == 0 || negatives == 0)
            return 0;
        double best = 0;
        foreach (double threshold in examples.Select(e => e.Score).Append(-1))
        {
            double sensitivity = examples.Where(e => e.Positive && e.Score > threshold).Sum(e => e.Weight) / positives;
            double specificity = examples.Where(e => !e.Positive && e.Score <= threshold).Sum(e => e.Weight) / negatives;
            double held = keepSensitivity ? sensitivity : specificity, sought = keepSensitivity ? specificity : sensitivity;
            if (held >= kept - 1e-12)
                best = Math.Max(best, sought);
        }

        return best;
    }

    /// <summary>The best of precision or recall while the other is kept, over a threshold below and between all scores.</summary>
    public static double PrecisionOrRecall(IReadOnlyList<(double Score, bool Positive, double Weight)> examples, double kept, bool keepRecall)
    {
        double positives = examples.Where(e => e.Positive).Sum(e => e.Weight), best = 0;
        foreach (double threshold in positives == 0 ? [] : examples.Select(e => e.Score).Append(-1))
        {
            double hits = examples.Where(e => e.Positive && e.Score > threshold).Sum(e => e.Weight);
            double precision = hits == 0 ? 0 : hits / examples.Where(e => e.Score > threshold).Sum(e => e.Weight), recall = hits / positives;
            if ((keepRecall ? recall : precision) >= kept - 1e-12)
                best = Math.Max(best, keepRecall ? precision : recall);
        }

        return best;
    }

    /// <summary>All pairs of an example and a column, or those of one column.</summary>
    public static (double Score, bool Positive, double Weight)[] Pairs(RandomClassification data, int? column = null) =>
    [
        .. Enumerable.Range(0, data.Examples).SelectMany(i => Enumerable.Range(column ?? 0, column is null ? data.Columns : 1)
            .Select(c => ((double)data.Scores[i][c], data.IsPositive(i, c), data.Weight(i)))),
    ];
}
