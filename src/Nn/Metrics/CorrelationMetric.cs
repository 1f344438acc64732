using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The mean over the examples of how the values of a target go with those of the prediction, example by example. It takes
/// [batch, .., values]; of a network with one output an example has one value and nothing to correlate, and the result is 0:
/// <see cref="R2Score"/> compares over the examples.
/// </summary>
public abstract class CorrelationMetric : Mean
{
    private protected CorrelationMetric(int axis, string name)
        : base(name) => Axis = axis;

    /// <summary>The axis of the values, not the first; negative counts from the end.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public sealed override MonitorMode Direction => MonitorMode.Max;

    /// <inheritdoc/>
    /// <exception cref="ShapeMismatchException">The shapes differ, or have no such axis besides the batch.</exception>
    protected sealed override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        int axis = Axis < 0 ? Axis + yPred.Rank : Axis;
        if (yTrue.Shape != yPred.Shape || axis < 1 || axis >= yPred.Rank)
            throw Mismatch($"yTrue and yPred of one shape [batch, ..] with values along axis {Axis}", yTrue, yPred);
        Shape examples = yPred.Shape.Without(axis);
        int count = yPred.Shape[axis];
        float[] truth = Rows(yTrue, axis), predictions = Rows(yPred, axis);
        var weights = SampleWeights.Read(sampleWeight, examples, Name);
        for (int i = 0; i < examples.Size; i++)
            UpdateState(Of(truth.AsSpan(i * count, count), predictions.AsSpan(i * count, count)), weights[i]);
    }

    /// <summary>The correlation of an example.</summary>
    private protected abstract double Correlation(Moments moments);

    // In double precision the mean of equal numbers is that number, to the last bit: what is constant has the variance 0.
    private double Of(ReadOnlySpan<float> y, ReadOnlySpan<float> p)
    {
        if (y.IsEmpty)
            return 0;
        double meanY = 0, meanP = 0, varianceY = 0, varianceP = 0, covariance = 0;
        for (int i = 0; i < y.Length; i++)
            (meanY, meanP) = (meanY + y[i], meanP + p[i]);
        (meanY, meanP) = (meanY / y.Length, meanP / p.Length);
        for (int i = 0; i < y.Length; i++)
        {
            double fromY = y[i] - meanY, fromP = p[i] - meanP;
            varianceY += fromY * fromY;
            varianceP += fromP * fromP;
            covariance += fromY * fromP;
        }

        return Correlation(new Moments(varianceY / y.Length, varianceP / y.Length, covariance / y.Length, meanY - meanP));
    }

    private static float[] Rows(Tensor x, int axis) =>
        (axis == x.Rank - 1 ? x : x.Transpose([.. Enumerable.Range(0, x.Rank).Where(i => i != axis), axis])).ToArray();

    /// <summary>Variances of target and prediction, their covariance, and the difference of their means, each over the number of values.</summary>
    private protected readonly record struct Moments(double OfTarget, double OfPrediction, double Covariance, double Shift);
}
