using System.Diagnostics;
using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// A loss: one value for each example, weighted and reduced. A loss of one's own overrides <see cref="PerExample"/> with
/// tensor operators and needs no gradient of its own. Losses have no state and may be shared.
/// </summary>
public abstract class Loss
{
    /// <summary>The distance that probabilities keep from 0 and 1 before a logarithm is taken (Keras' epsilon).</summary>
    protected const float Epsilon = 1e-7f;

    private const float SmallestNormal = 1.17549435e-38f;

    /// <summary>Creates a loss.</summary>
    /// <param name="name">The name in logs and messages, such as <c>mean_squared_error</c>.</param>
    /// <param name="reduction">How the examples' values become the result.</param>
    /// <param name="countsPositives">Whether the loss overrides <see cref="Positives"/>.</param>
    /// <exception cref="ArgumentException">The reduction needs positive labels, and the loss has none.</exception>
    protected Loss(string name, Reduction reduction, bool countsPositives = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!Enum.IsDefined(reduction))
            throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "unknown reduction");
        if (reduction == Reduction.SumOverPositives && !countsPositives)
            throw new ArgumentException($"{name}: {nameof(Reduction.SumOverPositives)} is for losses of classes and of yes/no labels", nameof(reduction));
        Name = name;
        Reduction = reduction;
    }

    /// <summary>The name in logs and messages.</summary>
    public string Name { get; }

    /// <summary>How the examples' values become the result.</summary>
    public Reduction Reduction { get; }

    /// <summary>The loss of a batch.</summary>
    /// <param name="yTrue">What should have come out.</param>
    /// <param name="yPred">What came out, Float32 with the batch as its first axis.</param>
    /// <param name="sampleWeight">The weight of each example, [batch] or of the shape of the examples' values; 1 when null.</param>
    /// <returns>
    /// A scalar, or with <see cref="Reduction.None"/> one value for each example. A batch of nothing, without a label or without a
    /// weight has the loss 0.
    /// </returns>
    /// <exception cref="ShapeMismatchException">The shapes do not fit; the message names the loss and both shapes.</exception>
    /// <exception cref="NotFiniteNumberException">
    /// The loss is NaN; the message names the argument that is not finite. Only where looking costs nothing: a backend that
    /// computes asynchronously returns the NaN.
    /// </exception>
    public Tensor Call(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        Tensor result = Compute(yTrue, yPred, sampleWeight);
        if (!result.Backend.IsAsynchronous && result.ToArray().Any(float.IsNaN))
            throw new NotFiniteNumberException(NotFinite(yTrue, yPred, sampleWeight));
        return result;
    }

    /// <summary>The loss of a batch, NaN if that is what comes out.</summary>
    internal Tensor Compute(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        using Activity? activity = Tracing.Start(Tracing.Loss, Name);
        using var scope = new TensorScope();
        Tensor prediction = Floats(yPred);
        (Tensor values, Tensor? weights) = Weighted(yTrue, prediction, sampleWeight);
        Tensor? penalty = Penalty(prediction);
        if (Reduction == Reduction.None)
            return scope.Return(penalty is null ? values : values + penalty);
        Tensor result = values.Sum();
        if (Reduction != Reduction.Sum)
            result /= Divisor(yTrue, prediction, values, weights);
        return scope.Return(penalty is null ? result : result + penalty.Sum());
    }

    /// <summary>The mean of a batch with the examples weighted, whatever the reduction, and the weight of all of them, which is
    /// their number where they have no weights; for metrics.</summary>
    internal (double Mean, double Weight) Average(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        using var scope = new TensorScope();
        Tensor prediction = Floats(yPred);
        (Tensor values, Tensor? weights) = Weighted(yTrue, prediction, sampleWeight);

        // One value of the whole batch stands for its examples.
        if (values.Rank == 0 && yPred.Rank > 0)
            return (values.Item(), yPred.Shape[0]);
        Tensor? labelled = Labelled(yTrue, prediction);
        double weight = weights is not null ? Each(weights, labelled, values).Sum().Item() : labelled?.Sum().Item() ?? values.Count;
        double mean = weight == 0 ? 0 : values.Sum().Item() / weight;
        return (mean + (Penalty(prediction)?.Sum().Item() ?? 0), weight);
    }

    /// <summary>The value of each example.</summary>
    /// <param name="yTrue">The target as it was given.</param>
    /// <param name="yPred">The prediction, Float32.</param>
    /// <returns>The prediction's shape without the axis that the loss consumes.</returns>
    protected abstract Tensor PerExample(Tensor yTrue, Tensor yPred);

    /// <summary>
    /// A further term for each example that is always added as a sum over the whole batch, whatever the reduction divides by,
    /// and that sample weights leave alone.
    /// </summary>
    /// <param name="yPred">The prediction, Float32.</param>
    /// <returns>Values of the shape of <see cref="PerExample"/>'s, or null for no such term.</returns>
    protected virtual Tensor? Penalty(Tensor yPred) => null;

    /// <summary>Which examples have a label: 1 where there is one, 0 elsewhere.</summary>
    /// <param name="yTrue">The target as it was given.</param>
    /// <param name="yPred">The prediction, Float32.</param>
    /// <returns>Values of the shape of <see cref="PerExample"/>'s, or null when all of them have.</returns>
    protected virtual Tensor? Labelled(Tensor yTrue, Tensor yPred) => null;

    /// <summary>The number of positive labels, for <see cref="Reduction.SumOverPositives"/>.</summary>
    /// <param name="yTrue">The target as it was given.</param>
    /// <returns>A scalar.</returns>
    protected virtual Tensor Positives(Tensor yTrue) => throw new NotSupportedException($"{Name}: there are no positive labels to count");

    /// <summary>The target as Float32 of the prediction's shape; [batch] and [batch, 1] stand for each other.</summary>
    /// <exception cref="ShapeMismatchException">The shapes differ otherwise.</exception>
    protected Tensor SameShape(Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        Tensor target = SameRank(yTrue, yPred);
        return target.Shape == yPred.Shape ? target : throw Mismatch("yTrue and yPred of one shape", yTrue, yPred);
    }

    /// <summary>The target as Float32, with or without a last axis of 1 as the prediction has it.</summary>
    private protected static Tensor SameRank(Tensor yTrue, Tensor yPred)
    {
        Tensor target = Floats(yTrue);
        if (target.Rank + 1 == yPred.Rank && yPred.Shape[-1] == 1)
            return target.ExpandDims(-1);
        return target.Rank == yPred.Rank + 1 && target.Shape[-1] == 1 ? target.Squeeze(-1) : target;
    }

    /// <summary>The mean over the last axis; a vector's elements are examples already.</summary>
    protected Tensor MeanOverLast(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Rank switch
        {
            0 => throw new ShapeMismatchException($"{Name}: expected a batch, got a scalar"),
            1 => values,
            _ => values.Mean(-1),
        };
    }

    /// <summary>A tensor as Float32.</summary>
    protected static Tensor Floats(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.DType == DType.Float32 ? x : x.Cast(DType.Float32);
    }

    /// <summary>The error for shapes that do not fit.</summary>
    /// <param name="expected">What was expected.</param>
    /// <param name="yTrue">The target.</param>
    /// <param name="yPred">The prediction.</param>
    protected ShapeMismatchException Mismatch(string expected, Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        return new ShapeMismatchException($"{Name}: expected {expected}, got yTrue {yTrue.Shape} and yPred {yPred.Shape}");
    }

    private string NotFinite(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        foreach ((string argument, Tensor? tensor) in new[] { (nameof(yPred), yPred), (nameof(yTrue), yTrue), (nameof(sampleWeight), sampleWeight) })
        {
            float[] values = tensor?.ToArray() ?? [];
            int at = Array.FindIndex(values, value => !float.IsFinite(value));
            if (at >= 0)
                return $"{Name}: the loss is NaN because {argument} {tensor!.Shape} holds {values[at]} (element {at} of {values.Length})";
        }

        return $"{Name}: the loss is NaN although yPred {yPred.Shape} and yTrue {yTrue.Shape} are finite";
    }

    private Tensor Divisor(Tensor yTrue, Tensor prediction, Tensor values, Tensor? weights)
    {
        if (Reduction == Reduction.SumOverPositives)
            return Positives(yTrue).Maximum(1);
        Tensor? labelled = Labelled(yTrue, prediction);
        if (Reduction == Reduction.MeanWithSampleWeight && weights is not null)
            return Each(weights, labelled, values).Sum().Maximum(SmallestNormal);
        return labelled is null ? Tensor.Full(Shape.Scalar, Math.Max(values.Count, 1), values.Backend) : labelled.Sum().Maximum(1);
    }

    private (Tensor Values, Tensor? Weights) Weighted(Tensor yTrue, Tensor prediction, Tensor? sampleWeight)
    {
        Tensor values = PerExample(yTrue, prediction);
        Tensor? weights = sampleWeight is null ? null : Weights(sampleWeight, values.Shape);
        return (weights is null ? values : values * weights, weights);
    }

    // A weight of [batch] stands for every value of its example.
    private static Tensor Each(Tensor weights, Tensor? labelled, Tensor values) => weights * (labelled ?? Tensor.Ones(values.Shape, values.Backend));

    private Tensor Weights(Tensor sampleWeight, Shape values)
    {
        Tensor weights = Floats(sampleWeight);
        if (weights.Rank == values.Rank + 1 && weights.Shape[-1] == 1)
            weights = weights.Squeeze(-1);
        bool fits = weights.Rank <= values.Rank;
        for (int i = 0; fits && i < weights.Rank; i++)
            fits = weights.Shape[i] == values[i];
        if (!fits)
            throw new ShapeMismatchException($"{Name}: sample weights of shape {sampleWeight.Shape} do not fit examples of shape {values}");
        while (weights.Rank is > 0 && weights.Rank < values.Rank)
            weights = weights.ExpandDims(-1);
        return weights;
    }
}
