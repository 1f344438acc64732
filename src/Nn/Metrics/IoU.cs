using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Intersection over union of regions, of pictures' pixels say: the mean over some classes of TP / (TP + FP + FN), over all examples
/// together. Classes that neither occur nor are predicted are left out; 0 when nothing was taken in.
/// Source: Jaccard, "The distribution of the flora in the alpine zone", 1912; Keras' IoU.
/// </summary>
/// <remarks>
/// Takes class numbers [batch, ..] for class numbers, or, where a <c>sparse</c> argument is false, scores or one-hot rows
/// [batch, .., classes], whose class is the place of the greatest, the first of equals. A number that is no class is an error, unless it is
/// <see cref="IgnoreClass"/> (Keras leaves such examples out). Sample weights count as they are (Keras rounds them to integers unless
/// the metric has a floating-point <c>dtype</c>).
/// </remarks>
public class IoU : ConfusionMatrixMetric
{
    /// <summary>Creates the metric.</summary>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <param name="targetClassIds">The classes whose mean is given, at least one.</param>
    /// <param name="ignoreClass">The label of examples that do not count, such as 255 for "void", or null.</param>
    /// <param name="sparseYTrue">Whether targets are class numbers, not one-hot rows.</param>
    /// <param name="sparseYPred">Whether predictions are class numbers, not scores.</param>
    /// <param name="name">The name in logs.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no classes, or one of the targets is none.</exception>
    /// <exception cref="ArgumentException">There are no targets.</exception>
    public IoU(
        int numClasses,
        IReadOnlyList<int> targetClassIds,
        int? ignoreClass = null,
        bool sparseYTrue = true,
        bool sparseYPred = true,
        string name = "io_u")
        : this(numClasses, targetClassIds, ignoreClass, sparseYTrue, sparseYPred, threshold: 0.5f, name)
    {
    }

    private protected IoU(
        int numClasses, IReadOnlyList<int> targetClassIds, int? ignoreClass, bool sparseYTrue, bool sparseYPred, float threshold, string name)
        : base(threshold, name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses, 1);
        ArgumentNullException.ThrowIfNull(targetClassIds);
        if (targetClassIds.Count == 0)
            throw new ArgumentException($"{name}: no class is to be compared", nameof(targetClassIds));
        foreach (int id in targetClassIds)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(targetClassIds));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, numClasses, nameof(targetClassIds));
        }

        (NumClasses, TargetClassIds, IgnoreClass) = (numClasses, [.. targetClassIds], ignoreClass);
        (SparseYTrue, SparseYPred) = (sparseYTrue, sparseYPred);
    }

    /// <summary>The number of classes.</summary>
    public int NumClasses { get; }

    /// <summary>The classes whose mean is given.</summary>
    public IReadOnlyList<int> TargetClassIds { get; }

    /// <summary>The label of examples that do not count, or null.</summary>
    public int? IgnoreClass { get; }

    /// <summary>Whether targets are class numbers.</summary>
    public bool SparseYTrue { get; }

    /// <summary>Whether predictions are class numbers.</summary>
    public bool SparseYPred { get; }

    /// <summary>The value of each class, NaN for one that neither occurs nor is predicted; none before the first batch.</summary>
    public IReadOnlyList<double> PerClass => Values(Counts);

    /// <summary>The classes of the predictions as numbers, [batch, ..].</summary>
    private protected virtual Tensor Decide(Tensor yPred) => SparseYPred ? yPred : ClassOf(yPred, nameof(yPred));

    /// <exception cref="ArgumentException">A number is no class.</exception>
    private protected sealed override void Count(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        Tensor labels = SparseYTrue ? yTrue : ClassOf(yTrue, nameof(yTrue)), predictions = Decide(yPred);
        Shape examples = Trimmed(labels.Shape, predictions.Shape);
        if (examples != Trimmed(predictions.Shape, labels.Shape))
        {
            throw new ShapeMismatchException(
                $"{Name}: expected a class for each prediction, got yTrue {yTrue.Shape}{Kind(SparseYTrue)} and yPred {yPred.Shape}{Kind(SparseYPred)}");
        }

        var weights = SampleWeights.ReadCounts(sampleWeight, examples, Name);
        float[] expected = labels.ToArray(), actual = predictions.ToArray();
        double[,] counts = CountsOf(NumClasses);
        for (int i = 0; i < expected.Length; i++)
        {
            if (IgnoreClass is { } ignored && expected[i] == ignored)
                continue;
            counts[Class(expected[i], nameof(yTrue), i), Class(actual[i], nameof(yPred), i)] += weights[i];
        }
    }

    private protected sealed override double Result(double[,] counts)
    {
        double[] values = Values(counts);
        double[] present = values.Length == 0 ? [] : [.. TargetClassIds.Select(id => values[id]).Where(value => !double.IsNaN(value))];
        return present.Length == 0 ? 0 : present.Average();
    }

    private static double[] Values(double[,] counts)
    {
        (_, double[] labels, double[] predictions) = Totals(counts);
        var values = new double[labels.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double union = labels[i] + predictions[i] - counts[i, i];
            values[i] = union > 0 ? counts[i, i] / union : double.NaN;
        }

        return values;
    }

    private static string Kind(bool sparse) => sparse ? " of class numbers" : " of rows of classes";

    // Numbers may stand in a last axis of 1.
    private static Shape Trimmed(Shape shape, Shape other) => shape.Rank == other.Rank + 1 && shape[-1] == 1 ? shape.Without(-1) : shape;

    private Tensor ClassOf(Tensor rows, string argument) => rows.Rank >= 2 && rows.Shape[-1] == NumClasses
        ? (rows.DType == DType.Float32 ? rows : rows.Cast(DType.Float32)).ArgMax()
        : throw new ShapeMismatchException($"{Name}: expected {argument} [batch, .., {NumClasses}], got {rows.Shape}");

    private int Class(float number, string argument, int example) => number >= 0 && number < NumClasses && number == MathF.Floor(number)
        ? (int)number
        : throw new ArgumentException(
            FormattableString.Invariant($"{Name}: {argument} is {number} for example {example}, which is no class number from 0 to {NumClasses - 1}; ")
            + $"scores and one-hot rows need the argument {(argument == "yPred" ? "sparseYPred" : "sparseYTrue")}: false",
            argument);
}
