using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The share of examples that a prediction gets right.</summary>
public abstract class AccuracyMetric : Metric
{
    private readonly Mean _mean = new();

    private protected AccuracyMetric(string name)
        : base(name)
    {
    }

    /// <inheritdoc/>
    public sealed override MonitorMode Direction => MonitorMode.Max;

    /// <inheritdoc/>
    public override double Result() => _mean.Result();

    /// <inheritdoc/>
    public override void ResetState() => _mean.ResetState();

    /// <inheritdoc/>
    public override void SaveState(TrainingState state) => _mean.SaveState(state);

    /// <inheritdoc/>
    public override void LoadState(TrainingState state) => _mean.LoadState(state);

    /// <inheritdoc/>
    protected sealed override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        (float[] right, Shape examples) = Judge(yTrue, yPred);
        var weights = SampleWeights.Read(sampleWeight, examples, Name);
        for (int i = 0; i < right.Length; i++)
            _mean.UpdateState(right[i], weights[i]);
    }

    /// <summary>For each example how right the prediction is, from 0 to 1, and the examples' shape.</summary>
    internal abstract (float[] Right, Shape Examples) Judge(Tensor yTrue, Tensor yPred);

    /// <summary>1 where two lists of class numbers agree.</summary>
    private protected static float[] Agreement(ReadOnlySpan<int> expected, ReadOnlySpan<int> actual)
    {
        var right = new float[expected.Length];
        for (int i = 0; i < right.Length; i++)
            right[i] = expected[i] == actual[i] ? 1 : 0;
        return right;
    }

    /// <summary>1 where fewer than k predictions are greater than the right class's; what is no class is never among them.</summary>
    private protected static float[] AmongGreatest(ReadOnlySpan<int> expected, Tensor yPred, int k)
    {
        float[] scores = yPred.ToArray();
        int classes = yPred.Shape[-1];
        var right = new float[expected.Length];
        for (int i = 0; i < right.Length; i++)
        {
            ReadOnlySpan<float> row = scores.AsSpan(i * classes, classes);
            if ((uint)expected[i] >= (uint)classes)
                continue;
            float own = row[expected[i]];
            int greater = 0;
            foreach (float score in row)
                greater += score > own ? 1 : 0;
            right[i] = float.IsFinite(own) && greater < k ? 1 : 0;
        }

        return right;
    }

    /// <summary>The class numbers in a target that has one for each example.</summary>
    /// <exception cref="ShapeMismatchException">The target does not.</exception>
    private protected int[] Labels(Tensor yTrue, Tensor yPred)
    {
        CheckClasses(yTrue, yPred);
        if (yTrue.Shape != yPred.Shape.Without(-1) && yTrue.Shape != yPred.Shape.With(-1, 1))
            throw Mismatch("labels of yPred's shape without its last axis", yTrue, yPred);
        return (yTrue.DType == DType.Int32 ? yTrue : yTrue.Cast(DType.Int32)).ToNDArray().AsSpan<int>().ToArray();
    }

    /// <summary>Throws unless a prediction has classes.</summary>
    private protected void CheckClasses(Tensor yTrue, Tensor yPred)
    {
        if (yPred.Rank < 2)
            throw Mismatch("yPred [batch, .., classes]", yTrue, yPred);
    }

    /// <summary>Throws unless both have one shape.</summary>
    private protected void CheckSame(Tensor yTrue, Tensor yPred)
    {
        if (yTrue.Shape != yPred.Shape)
            throw Mismatch("yTrue and yPred of one shape", yTrue, yPred);
    }

    /// <summary>A tensor as Float32.</summary>
    private protected static Tensor Floats(Tensor x) => x.DType == DType.Float32 ? x : x.Cast(DType.Float32);
}
