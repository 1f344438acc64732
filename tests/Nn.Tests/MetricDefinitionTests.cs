namespace Numerics.Nn.Tests;

/// <summary>Metrics against their definitions, on fresh examples each time.</summary>
public sealed class MetricDefinitionTests
{
    /// <summary>Examples, columns, levels of scores, weights, and the only class or -1.</summary>
    public static TheoryData<int, int, int, bool, int> Cases => new()
    {
        { 1, 1, 0, false, -1 },
        { 1, 3, 0, false, -1 },
        { 2, 1, 1, false, -1 },
        { 57, 1, 0, false, -1 },
        { 57, 1, 0, true, -1 },
        { 101, 1, 4, false, -1 },
        { 101, 1, 4, true, -1 },
        { 40, 1, 1, true, -1 },
        { 23, 1, 0, false, 0 },
        { 23, 1, 0, true, 1 },
        { 60, 2, 0, true, -1 },
        { 83, 3, 0, false, -1 },
        { 83, 3, 5, true, -1 },
        { 120, 7, 3, false, -1 },
        { 31, 4, 6, true, 2 },
        { 9, 11, 0, false, -1 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void F_beta(int examples, int columns, int levels, bool weighted, int only)
    {
        RandomClassification data = Data(examples, columns, levels, weighted, only);
        var counts = PlainMetrics.Counts(data);
        foreach (double beta in new[] { 0.5, 1, 2 })
        {
            double[] perClass = [.. counts.Select(c => PlainMetrics.FBeta(c.TP, c.FP, c.FN, beta))];
            double support = counts.Sum(c => c.TP + c.FN);
            data.Check(new FBetaScore(beta: beta), perClass.Average());
            data.Check(new FBetaScore(Averaging.Micro, beta), PlainMetrics.FBeta(counts.Sum(c => c.TP), counts.Sum(c => c.FP), counts.Sum(c => c.FN), beta));
            data.Check(
                new FBetaScore(Averaging.Weighted, beta),
                support == 0 ? 0 : counts.Select((c, i) => (c.TP + c.FN) * perClass[i]).Sum() / support);
            var metric = new FBetaScore(beta: beta);
            data.Feed(metric, 0, examples, oneHot: true);
            Assert.Equal(perClass, metric.PerClass.Select((value, c) => Math.Abs(value - perClass[c]) < 1e-9 ? perClass[c] : value));
        }

        data.Check(new F1Score(), counts.Average(c => PlainMetrics.FBeta(c.TP, c.FP, c.FN, 1)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Precision_and_recall(int examples, int columns, int levels, bool weighted, int only)
    {
        RandomClassification data = Data(examples, columns, levels, weighted, only);
        var pairs = PlainMetrics.Pairs(data);
        double tp = pairs.Where(e => e.Positive && e.Score > 0.3f).Sum(e => e.Weight);
        double taken = pairs.Where(e => e.Score > 0.3f).Sum(e => e.Weight), real = pairs.Where(e => e.Positive).Sum(e => e.Weight);
        data.Check(new Precision(0.3f), tp == 0 ? 0 : tp / taken);
        data.Check(new Recall(0.3f), tp == 0 ? 0 : tp / real);

        double[] hits = new double[columns], decided = new double[columns], support = new double[columns];
        for (int c = 0; c < columns; c++)
        {
            var own = PlainMetrics.Pairs(data, c);
            hits[c] = own.Where(e => e.Positive && e.Score > 0.3f).Sum(e => e.Weight);
            decided[c] = own.Where(e => e.Score > 0.3f).Sum(e => e.Weight);
            support[c] = own.Where(e => e.Positive).Sum(e => e.Weight);
        }

        double[] precisions = [.. hits.Select((hit, c) => hit == 0 ? 0 : hit / decided[c])], recalls = [.. hits.Select((hit, c) => hit == 0 ? 0 : hit / support[c])];
        double Weighted(double[] values) => support.Sum() == 0 ? 0 : values.Select((value, c) => value * support[c]).Sum() / support.Sum();
        data.Check(new Precision(0.3f, average: Averaging.Macro), precisions.Average());
        data.Check(new Recall(0.3f, average: Averaging.Macro), recalls.Average());
        data.Check(new Precision(0.3f, average: Averaging.Weighted), Weighted(precisions));
        data.Check(new Recall(0.3f, average: Averaging.Weighted), Weighted(recalls));
        data.Check(new Recall(0.3f, classId: columns - 1), recalls[^1]);
        var each = new Precision(0.3f);
        data.Feed(each, 0, examples, oneHot: true);
        Assert.All(each.PerClass.Zip(precisions), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_report_of_the_classes(int examples, int columns, int levels, bool weighted, int only)
    {
        RandomClassification data = Data(examples, columns, levels, weighted, only);
        var matrix = new ConfusionMatrix();
        data.Feed(matrix, 0, examples, oneHot: true);
        var report = new ClassificationReport(matrix);
        int[] all = [.. Enumerable.Range(0, examples)];
        double Weight(Func<int, bool> which) => all.Where(which).Sum(data.Weight);
        Assert.Equal(data.Classes, report.Classes.Count);
        for (int c = 0; c < data.Classes; c++)
        {
            int id = c;
            double hit = Weight(i => data.Labels[i] == id && data.Predicted(i) == id), support = Weight(i => data.Labels[i] == id);
            double precision = hit == 0 ? 0 : hit / Weight(i => data.Predicted(i) == id), recall = hit == 0 ? 0 : hit / support;
            ClassScores scores = report.Classes[c];
            Assert.Equal(precision, scores.Precision, 1e-9);
            Assert.Equal(recall, scores.Recall, 1e-9);
            Assert.Equal(hit == 0 ? 0 : 2 * precision * recall / (precision + recall), scores.F1, 1e-9);
            Assert.Equal(support, scores.Support, 1e-9);
        }

        double total = Weight(_ => true);
        Assert.Equal(total, report.Macro.Support, 1e-9);
        Assert.Equal(total == 0 ? 0 : Weight(i => data.Predicted(i) == data.Labels[i]) / total, report.Accuracy, 1e-9);
        Assert.Equal(report.Classes.Average(scores => scores.F1), report.Macro.F1, 1e-9);
        Assert.Equal(total == 0 ? 0 : report.Classes.Sum(scores => scores.Precision * scores.Support) / total, report.Weighted.Precision, 1e-9);

        // What is right of each class, weighted by the class, is what is right.
        Assert.Equal(report.Accuracy, report.Weighted.Recall, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Areas_under_curves(int examples, int columns, int levels, bool weighted, int only)
    {
        RandomClassification data = Data(examples, columns, levels, weighted, only);
        foreach (AUCCurve curve in Enum.GetValues<AUCCurve>())
        {
            double Area(int? column) => curve == AUCCurve.ROC
                ? PlainMetrics.RocArea(PlainMetrics.Pairs(data, column))
                : PlainMetrics.PrArea(PlainMetrics.Pairs(data, column));
            double OrZero(double value) => double.IsNaN(value) ? 0 : value;
            double[] areas = [.. Enumerable.Range(0, columns).Select(c => Area(c))];
            double[] support = [.. areas.Select((_, c) => PlainMetrics.Pairs(data, c).Where(e => e.Positive).Sum(e => e.Weight))];
            int[] defined = [.. Enumerable.Range(0, columns).Where(c => !double.IsNaN(areas[c]))];
            data.Check(new AUC(curve), defined.Length == 0 ? 0 : defined.Average(c => areas[c]));
            data.Check(
                new AUC(curve, Averaging.Weighted), defined.Length == 0 ? 0 : defined.Sum(c => areas[c] * support[c]) / defined.Sum(c => support[c]));
            data.Check(new AUC(curve, Averaging.Micro), OrZero(Area(null)));
            data.Check(new AUC(curve, classId: columns - 1), OrZero(areas[^1]));
            var metric = new AUC(curve);
            data.Feed(metric, 0, examples, oneHot: false);
            Assert.Equal(areas.Select(double.IsNaN), metric.PerClass.Select(double.IsNaN));
            foreach (int c in defined)
                Assert.Equal(areas[c], metric.PerClass[c], 1e-9);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operating_points(int examples, int columns, int levels, bool weighted, int only)
    {
        RandomClassification data = Data(examples, columns, levels, weighted, only);
        foreach (double rate in new[] { 0, 0.25, 0.8123, 1 })
        {
            data.Check(new SpecificityAtSensitivity(rate), PlainMetrics.OperatingPoint(PlainMetrics.Pairs(data), rate, true));
            data.Check(new SensitivityAtSpecificity(rate), PlainMetrics.OperatingPoint(PlainMetrics.Pairs(data), rate, false));
            data.Check(new SensitivityAtSpecificity(rate, 0), PlainMetrics.OperatingPoint(PlainMetrics.Pairs(data, 0), rate, false));
            data.Check(new PrecisionAtRecall(rate), PlainMetrics.PrecisionOrRecall(PlainMetrics.Pairs(data), rate, keepRecall: true));
            data.Check(new RecallAtPrecision(rate), PlainMetrics.PrecisionOrRecall(PlainMetrics.Pairs(data), rate, keepRecall: false));
            data.Check(new RecallAtPrecision(rate, 0), PlainMetrics.PrecisionOrRecall(PlainMetrics.Pairs(data, 0), rate, keepRecall: false));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Counts(int examples, int columns, int levels, bool weighted, int only)
    {
        RandomClassification data = Data(examples, columns, levels, weighted, only);
        var pairs = PlainMetrics.Pairs(data);
        double Weight(bool positive, bool taken) => pairs.Where(e => e.Positive == positive && e.Score > 0.3f == taken).Sum(e => e.Weight);
        data.Check(new TruePositives(0.3f), Weight(true, true));
        data.Check(new FalseNegatives(0.3f), Weight(true, false));
        data.Check(new FalsePositives(0.3f), Weight(false, true));
        data.Check(new TrueNegatives(0.3f), Weight(false, false));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_comes_of_confusion_matrices(int examples, int columns, int levels, bool weighted, int only)
    {
        RandomClassification data = Data(examples, columns, levels, weighted, only);
        data.Check(new BalancedAccuracy(), PlainMetrics.BalancedAccuracy(data));
        data.Check(new MatthewsCorrelation(), PlainMetrics.MultiClassCorrelation(data));
        data.Check(new CohenKappa(), PlainMetrics.Kappa(data, (i, j) => i == j ? 0 : 1));
        data.Check(new CohenKappa(KappaWeights.Linear), PlainMetrics.Kappa(data, (i, j) => Math.Abs(i - j)));
        data.Check(new CohenKappa(KappaWeights.Quadratic), PlainMetrics.Kappa(data, (i, j) => (i - j) * (i - j)));
        double all = Enumerable.Range(0, examples).Sum(data.Weight);
        data.Check(new ConfusionMatrix(), Enumerable.Range(0, examples).Where(i => data.Labels[i] == data.Predicted(i)).Sum(data.Weight) / all);
        var matrix = new ConfusionMatrix();
        data.Feed(matrix, 0, examples, oneHot: true);
        double[,] counts = matrix.Counts;
        Assert.Equal((data.Classes, data.Classes), (counts.GetLength(0), counts.GetLength(1)));
        for (int i = 0; i < data.Classes; i++)
        {
            for (int j = 0; j < data.Classes; j++)
                Assert.Equal(Enumerable.Range(0, examples).Where(e => data.Labels[e] == i && data.Predicted(e) == j).Sum(data.Weight), counts[i, j], 1e-9);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Calibration(int examples, int columns, int levels, bool weighted, int only)
    {
        RandomClassification data = Data(examples, columns, levels, weighted, only);
        foreach (int bins in new[] { 1, 4, 15 })
            data.Check(new ExpectedCalibrationError(bins), PlainMetrics.CalibrationError(data, bins));
    }

    [Fact]
    public void Of_two_classes_the_correlation_is_Matthews_and_F_the_counts()
    {
        var data = new RandomClassification(200, 1, 0, weighted: true);
        var matrix = new ConfusionMatrix();
        data.Feed(matrix, 0, 200, oneHot: true);
        double[,] c = matrix.Counts;
        var counts = new BinaryCounts(c[1, 1], c[0, 1], c[1, 0], c[0, 0]);
        data.Check(new MatthewsCorrelation(), counts.MatthewsCorrelation());
        data.Check(new BalancedAccuracy(), counts.BalancedAccuracy());
        data.Check(new FBetaScore(beta: 3), counts.FBeta(3));
    }

    private static RandomClassification Data(int examples, int columns, int levels, bool weighted, int only) =>
        new(examples, columns, levels, weighted, only < 0 ? null : only);
}
