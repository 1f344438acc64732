using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// What is computed from the numbers of right and wrong decisions about yes/no labels. Takes predictions [batch] or
/// [batch, .., classes], each compared with the threshold, and labels of their shape or class numbers.
/// </summary>
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
        ClassifierBatch batch = ClassifierBatch.Read(yTrue, yPred, sampleWeight, Name);
        (int first, int end) = batch.ColumnsOf(_classId);
        for (int i = 0; i < batch.Examples; i++)
        {
            ReadOnlySpan<float> scores = batch.Row(i);
            for (int c = first; c < end; c++)
            {
                double weight = batch.Weight(i, c);
                bool positive = scores[c] > _threshold, expected = batch.IsPositive(i, c);
                if (expected && positive)
                    TruePositives += weight;
                else if (expected)
                    FalseNegatives += weight;
                else if (positive)
                    FalsePositives += weight;
            }
        }
    }
}
