using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// A batch as the metrics of classifiers read it, checked. The last axis of the predictions holds a score for each class, or
/// one score of class 1 against class 0; a vector of predictions is such a column. Targets have the predictions' shape, one-hot
/// or several-hot, or lack the last axis (or have 1 there) and hold class numbers.
/// </summary>
internal sealed class ClassifierBatch
{
    private readonly string _metric;
    private readonly float[] _truth;
    private readonly SampleWeights _weights;
    private readonly bool _weighsScores;
    private readonly bool _numbers;

    private ClassifierBatch(string metric, float[] truth, bool numbers, float[] scores, int columns, SampleWeights weights, bool weighsScores)
    {
        (_metric, _truth, _numbers, Scores, Columns) = (metric, truth, numbers, scores, columns);
        (_weights, _weighsScores) = (weights, weighsScores);
        Examples = columns == 0 ? 0 : scores.Length / columns;
    }

    /// <summary>The number of examples.</summary>
    public int Examples { get; }

    /// <summary>The number of scores that an example has.</summary>
    public int Columns { get; }

    /// <summary>The number of classes: a single column stands for two.</summary>
    public int Classes => Columns == 1 ? 2 : Columns;

    /// <summary>The predictions [examples, columns]; none is NaN.</summary>
    public float[] Scores { get; }

    /// <summary>Reads a batch.</summary>
    /// <param name="yTrue">The targets.</param>
    /// <param name="yPred">The predictions.</param>
    /// <param name="sampleWeight">A weight for each example, or for each score, or null.</param>
    /// <param name="metric">The metric's name, for messages.</param>
    /// <exception cref="ShapeMismatchException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">A prediction is NaN, a label names no class, or a weight is negative or not finite.
    /// </exception>
    public static ClassifierBatch Read(Tensor yTrue, Tensor yPred, Tensor? sampleWeight, string metric)
    {
        if (yPred.Rank == 0)
            throw new ShapeMismatchException($"{metric}: expected a batch of predictions, got a scalar");
        int columns = yPred.Rank == 1 ? 1 : yPred.Shape[-1];
        Shape examples = yPred.Rank == 1 ? yPred.Shape : yPred.Shape.Without(-1);
        bool numbers = yTrue.Shape == examples || yTrue.Shape == yPred.Shape.With(-1, 1);
        if (!numbers && yTrue.Shape != yPred.Shape)
        {
            throw new ShapeMismatchException(
                $"{metric}: expected yTrue of yPred's shape, or a class number for each example, "
                + $"got yTrue {yTrue.Shape} and yPred {yPred.Shape}");
        }

        float[] scores = yPred.ToArray(), truth = yTrue.ToArray();
        for (int i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i]))
                throw new ArgumentException($"{metric}: the prediction for example {i / columns} is NaN", nameof(yPred));
        }

        bool weighsScores = columns > 1 && sampleWeight?.Shape == yPred.Shape;
        var weights = SampleWeights.ReadCounts(sampleWeight, weighsScores ? yPred.Shape : examples, metric);
        var batch = new ClassifierBatch(metric, truth, numbers, scores, columns, weights, weighsScores);
        batch.CheckTruth();
        return batch;
    }

    /// <summary>The scores of an example.</summary>
    public ReadOnlySpan<float> Row(int example) => Scores.AsSpan(example * Columns, Columns);

    /// <summary>How much a score counts.</summary>
    public float Weight(int example, int column) => _weights[_weighsScores ? (example * Columns) + column : example];

    /// <summary>How much an example counts.</summary>
    /// <exception cref="ShapeMismatchException">Each of its scores has a weight of its own.</exception>
    public float Weight(int example) => !_weighsScores
        ? _weights[example]
        : throw new ShapeMismatchException($"{_metric}: expected a sample weight for each example, got one for each of its {Columns} scores");

    /// <summary>Whether a column's class is an example's, or one of its: a soft label counts from above 1/2.</summary>
    public bool IsPositive(int example, int column) => Columns == 1 || !_numbers
        ? _truth[(example * Columns) + column] > 0.5f
        : (int)_truth[example] == column;

    /// <summary>The class of an example.</summary>
    public int Label(int example) => Columns == 1 ? (IsPositive(example, 0) ? 1 : 0)
        : _numbers ? (int)_truth[example]
        : ClassLabels.FromRow(_truth.AsSpan(example * Columns, Columns), _metric, example);

    /// <summary>The class with the greatest score, the first of equals; of a single column 1 if it is above the threshold.</summary>
    public int Predicted(int example, float threshold)
    {
        ReadOnlySpan<float> row = Row(example);
        if (Columns == 1)
            return row[0] > threshold ? 1 : 0;
        int greatest = 0;
        for (int i = 1; i < row.Length; i++)
        {
            if (row[i] > row[greatest])
                greatest = i;
        }

        return greatest;
    }

    /// <summary>The columns that count, from the first to before the end: all of them, or a class's own.</summary>
    /// <exception cref="ShapeMismatchException">There is no such class.</exception>
    public (int First, int End) ColumnsOf(int? classId) => classId is not { } id ? (0, Columns)
        : id < Columns ? (id, id + 1)
        : throw new ShapeMismatchException($"{_metric}: there is no class {id} in predictions of {Columns} columns");

    /// <summary>Throws unless an example has as many scores as in earlier batches.</summary>
    public void CheckColumns(int earlier)
    {
        if (Columns != earlier)
        {
            throw new ShapeMismatchException(
                $"{_metric}: earlier batches had {earlier} columns of predictions, this one has {Columns}; reset the state first");
        }
    }

    private void CheckTruth()
    {
        if (Columns > 1 && _numbers)
        {
            for (int i = 0; i < _truth.Length; i++)
            {
                if (!(_truth[i] >= 0) || _truth[i] >= Columns || _truth[i] != MathF.Floor(_truth[i]))
                    throw BadLabel(i, i, $"a class number from 0 to {Columns - 1}");
            }
        }
        else
        {
            for (int i = 0; i < _truth.Length; i++)
            {
                if (!(_truth[i] is >= 0 and <= 1))
                    throw BadLabel(i, i / Columns, "from 0 to 1");
            }
        }
    }

    private ArgumentException BadLabel(int element, int example, string expected) =>
        new(FormattableString.Invariant($"{_metric}: the label {_truth[element]} of example {example} is not {expected}"));
}
