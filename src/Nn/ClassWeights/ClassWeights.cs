using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// What the numbers of examples of each class say about training: weights for <c>classWeight:</c>, and the bias of the last
/// layer to start from.
/// </summary>
/// <example><code>
/// int[] counts = ClassWeights.Counts(y);
/// using var model = new Sequential
/// {
///     new Flatten(), new Dense(counts.Length, Activation.Softmax, biasInitializer: new Constant(ClassWeights.InitialBias(counts))),
/// };
/// model.Compile(new Adam(), new CategoricalCrossentropy());
/// model.Fit(x, y, classWeight: ClassWeights.Balanced(counts));
/// </code></example>
public static class ClassWeights
{
    /// <summary>The number of examples of each class.</summary>
    /// <param name="labels">Class numbers or yes/no labels [examples] or [examples, 1], or one-hot rows [examples, classes].</param>
    /// <param name="classes">The least number of classes that the result has; those that do not occur count 0.</param>
    /// <returns>Counts by class.</returns>
    /// <exception cref="ArgumentException">A label names no class, or there are none.</exception>
    public static int[] Counts(NDArray labels, int classes = 0)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfNegative(classes);
        (int[] read, int seen) = ClassLabels.ReadAll(labels, nameof(labels));
        var counts = new int[Math.Max(classes, seen)];
        foreach (int label in read)
            counts[label]++;
        return counts;
    }

    /// <summary>
    /// Weights n / (C·n_c) for n examples of C classes, n_c of them of class c: every class counts the same in the sum over the
    /// examples, and the mean weight of an example is 1. Source: King and Zeng, "Logistic regression in rare events data", 2001;
    /// scikit-learn's <c>class_weight="balanced"</c>.
    /// </summary>
    /// <param name="counts">The number of examples of each class, at least 1.</param>
    /// <returns>Weights by class.</returns>
    /// <exception cref="ArgumentException">There are no classes, or one without examples.</exception>
    public static IReadOnlyDictionary<int, float> Balanced(IReadOnlyList<int> counts)
    {
        double all = Check(counts);
        return ByClass(counts.Select(count => all / ((double)counts.Count * count)));
    }

    /// <summary>
    /// Weights by the effective number of examples: proportional to (1 - β) / (1 - β^n_c), with the sum C. β = 0 weighs all classes
    /// the same, β towards 1 by the inverse of their numbers.
    /// Source: Cui, Jia, Lin, Song, Belongie, "Class-balanced loss based on effective number of samples", CVPR 2019, section 4.
    /// </summary>
    /// <param name="counts">The number of examples of each class, at least 1.</param>
    /// <param name="beta">β in [0, 1); the paper uses 0.9 to 0.9999.</param>
    /// <returns>Weights by class.</returns>
    /// <exception cref="ArgumentException">There are no classes, or one without examples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">β is out of its range.</exception>
    public static IReadOnlyDictionary<int, float> EffectiveNumber(IReadOnlyList<int> counts, double beta = 0.999)
    {
        _ = Check(counts);
        if (beta is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "beta is in [0, 1)");
        double[] weights = [.. counts.Select(count => 1 / OneMinusPower(beta, count))];
        double sum = weights.Sum();
        return ByClass(weights.Select(weight => weight * counts.Count / sum));
    }

    /// <summary>
    /// The bias of the last layer with which a model begins by predicting the classes' shares, instead of learning them in its
    /// first steps. Source: Lin, Goyal, Girshick, He, Dollár, "Focal loss for dense object detection", ICCV 2017, section 3.3.
    /// </summary>
    /// <param name="counts">The number of examples of each class, at least 1.</param>
    /// <param name="sigmoid">Whether the layer ends in one sigmoid, for class 1 of two, and not in a softmax.</param>
    /// <returns>For a softmax ln(n_c / n) for each class; for a sigmoid the log-odds ln(n_1 / n_0), one value.</returns>
    /// <exception cref="ArgumentException">There are no classes, one without examples, or for a sigmoid not two.</exception>
    public static float[] InitialBias(IReadOnlyList<int> counts, bool sigmoid = false)
    {
        double all = Check(counts);
        if (!sigmoid)
            return [.. counts.Select(count => (float)Math.Log(count / all))];
        return counts.Count == 2
            ? [(float)Math.Log((double)counts[1] / counts[0])]
            : throw new ArgumentException($"a sigmoid tells two classes apart, got counts of {counts.Count}", nameof(counts));
    }

    /// <summary>The weights of a batch's examples: those of their classes, times their own. Classes without an entry count 1.</summary>
    /// <exception cref="ArgumentException">The targets do not name classes.</exception>
    internal static NDArray SampleWeights(NDArray y, NDArray? sampleWeight, IReadOnlyDictionary<int, float> classWeight)
    {
        int[] labels = ClassLabels.Read(y, $"{nameof(classWeight)} with targets");
        int columns = ClassLabels.Columns(y);
        foreach (int id in classWeight.Keys)
        {
            if (columns > 1 && id >= columns)
                throw new ArgumentException($"there is a weight for class {id}, but targets are {y.Shape}", nameof(classWeight));
        }

        NDArray weights = sampleWeight is null ? new NDArray(labels.Length) : NDArray.From(sampleWeight.Shape, sampleWeight.ToFloats());
        Span<float> values = weights.AsSpan<float>();
        if (sampleWeight is null)
            values.Fill(1);
        int each = values.Length / Math.Max(labels.Length, 1);
        for (int i = 0; i < labels.Length; i++)
        {
            if (classWeight.TryGetValue(labels[i], out float weight))
                TensorPrimitives.Multiply(values.Slice(i * each, each), weight, values.Slice(i * each, each));
        }

        return weights;
    }

    /// <summary>Throws unless class weights can be used.</summary>
    internal static void CheckWeights(IReadOnlyDictionary<int, float> classWeight)
    {
        foreach ((int id, float weight) in classWeight)
        {
            if (id >= 0 && weight >= 0 && float.IsFinite(weight))
                continue;
            throw new ArgumentException(
                FormattableString.Invariant($"class {id} has the weight {weight}; classes are at least 0, weights as well, and finite"),
                nameof(classWeight));
        }
    }

    // 1 - β^n without cancellation: 1 - e^x = -tanh(x/2)·(e^x + 1).
    private static double OneMinusPower(double beta, int count)
    {
        double x = count * Math.Log(beta);
        return -Math.Tanh(x / 2) * (Math.Exp(x) + 1);
    }

    private static double Check(IReadOnlyList<int> counts, [CallerArgumentExpression(nameof(counts))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(counts, name);
        if (counts.Count == 0)
            throw new ArgumentException("there are no classes", name);
        for (int i = 0; i < counts.Count; i++)
        {
            if (counts[i] < 1)
                throw new ArgumentException($"class {i} has {counts[i]} examples; its weight is not defined", name);
        }

        return counts.Sum(count => (double)count);
    }

    private static Dictionary<int, float> ByClass(IEnumerable<double> weights) =>
        weights.Select((weight, id) => (weight, id)).ToDictionary(pair => pair.id, pair => (float)pair.weight);
}
