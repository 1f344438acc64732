using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>What is computed from the numbers of right and wrong decisions about yes/no labels.</summary>
public abstract class ConfusionMetric : Metric
{
    private readonly float _threshold;
    private readonly int? _classId;

    private protected ConfusionMetric(float threshold, int? classId, string name)
        : base(name)
    {
        if (!float.IsFinite(threshold))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "a threshold is a finite number");
        if (classId is { } id)
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(classId));
        (_threshold, _classId) = (threshold, classId);
    }

    /// <summary>The weight of examples that were rightly taken for 1.</summary>
    public double TruePositives { get; private set; }

    /// <summary>The weight of examples that were wrongly taken for 1.</summary>
    public double FalsePositives { get; private set; }

    /// <summary>The weight of examples that were wrongly taken for 0.</summary>
    public double FalseNegatives { get; private set; }

    /// <inheritdoc/>
    public override void ResetState() => TruePositives = FalsePositives = FalseNegatives = 0;

    /// <inheritdoc/>
    protected override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        bool column = yPred.Rank == yTrue.Rank + 1 && yPred.Shape[-1] == 1;
        if (!column && yTrue.Shape != yPred.Shape)
            throw new ShapeMismatchException($"{Name}: expected yTrue and yPred of one shape, got yTrue {yTrue.Shape} and yPred {yPred.Shape}");
        int classes = yPred.Rank > 1 ? yPred.Shape[-1] : 1;
        if (_classId is { } id && id >= classes)
            throw new ShapeMismatchException($"{Name}: there is no class {id} in yPred {yPred.Shape}");
        float[] expected = yTrue.ToArray(), actual = yPred.ToArray();
        float[]? weights = SampleWeights.Read(sampleWeight, yPred.Shape, Name);
        int each = weights is null ? 1 : actual.Length / weights.Length;
        for (int i = 0; i < actual.Length; i++)
        {
            if (_classId is { } only && i % classes != only)
                continue;
            double weight = weights is null ? 1 : weights[i / each];
            bool positive = actual[i] > _threshold;
            if (expected[i] != 0)
                (TruePositives, FalseNegatives) = positive ? (TruePositives + weight, FalseNegatives) : (TruePositives, FalseNegatives + weight);
            else if (positive)
                FalsePositives += weight;
        }
    }
}
