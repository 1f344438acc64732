using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// How far confidence is from accuracy: Σ_m |B_m|/n · |acc(B_m) - conf(B_m)| over the bins B_m of examples whose confidence, the
/// probability of the predicted class, is in ((m-1)/M, m/M]. 0 is best, and the value when nothing was taken in.
/// Source: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", ICML 2017, equation 3 (M = 15 in its tables).
/// </summary>
/// <remarks>
/// Takes probabilities [batch, .., classes] with one-hot labels or class numbers, the greatest, the first of equals, being the
/// prediction; or one column with the probability p of class 1, whose confidence is p above 1/2 and 1 - p else.
/// </remarks>
public sealed class ExpectedCalibrationError : Metric
{
    // Softmax in float32 may exceed 1 by its rounding.
    private const float Slack = 1e-5f;

    private readonly double[] _weight;
    private readonly double[] _confidence;
    private readonly double[] _right;

    /// <summary>Creates the metric.</summary>
    /// <param name="bins">The number M of bins of equal width, at least 1.</param>
    /// <param name="name">The name in logs.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no bins.</exception>
    public ExpectedCalibrationError(int bins = 15, string name = "expected_calibration_error")
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        (_weight, _confidence, _right) = (new double[bins], new double[bins], new double[bins]);
    }

    /// <inheritdoc/>
    public override MonitorMode Direction => MonitorMode.Min;

    /// <summary>The bins so far, from the least confidence to the greatest.</summary>
    public IReadOnlyList<CalibrationBin> Bins =>
    [
        .. _weight.Select((weight, m) => weight == 0 ? default : new CalibrationBin(weight, _confidence[m] / weight, _right[m] / weight)),
    ];

    /// <inheritdoc/>
    public override double Result()
    {
        double all = _weight.Sum(), error = 0;
        for (int m = 0; m < _weight.Length; m++)
            error += Math.Abs(_right[m] - _confidence[m]);
        return all == 0 ? 0 : error / all;
    }

    /// <inheritdoc/>
    public override void ResetState()
    {
        Array.Clear(_weight);
        Array.Clear(_confidence);
        Array.Clear(_right);
    }

    /// <inheritdoc/>
    public override void SaveState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("weight", _weight);
        state.Set("confidence", _confidence);
        state.Set("right", _right);
    }

    /// <inheritdoc/>
    public override void LoadState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.TryGet("weight", out double[]? weight) || !state.TryGet("confidence", out double[]? confidence)
            || !state.TryGet("right", out double[]? right) || weight.Length != _weight.Length)
            return;
        weight.CopyTo(_weight, 0);
        confidence.CopyTo(_confidence, 0);
        right.CopyTo(_right, 0);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A prediction is not a probability.</exception>
    protected override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        ClassifierBatch batch = ClassifierBatch.Read(yTrue, yPred, sampleWeight, Name);
        foreach (float score in batch.Scores)
        {
            if (score is < -Slack or > 1 + Slack)
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"{Name}: a prediction is {score}; calibration is about probabilities"), nameof(yPred));
            }
        }

        for (int i = 0; i < batch.Examples; i++)
        {
            int predicted = batch.Predicted(i, 0.5f);
            double confidence = batch.Columns > 1 ? batch.Row(i)[predicted] : predicted == 1 ? batch.Row(i)[0] : 1.0 - batch.Row(i)[0];
            int bin = Math.Clamp((int)Math.Ceiling(confidence * _weight.Length) - 1, 0, _weight.Length - 1);
            double weight = batch.Weight(i);
            _weight[bin] += weight;
            _confidence[bin] += weight * confidence;
            _right[bin] += predicted == batch.Label(i) ? weight : 0;
        }
    }
}
