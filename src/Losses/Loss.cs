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

    /// <summary>Creates a loss.</summary>
    /// <param name="name">The name in logs and messages, such as <c>mean_squared_error</c>.</param>
    /// <param name="reduction">How the examples' values become the result.</param>
    protected Loss(string name, Reduction reduction)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!Enum.IsDefined(reduction))
            throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "unknown reduction");
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
    /// <returns>A scalar, or with <see cref="Reduction.None"/> one value for each example.</returns>
    /// <exception cref="ShapeMismatchException">The shapes do not fit; the message names the loss and both shapes.</exception>
    public Tensor Call(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        using Activity? activity = Tracing.Start(Tracing.Loss, Name);
        using var scope = new TensorScope();
        Tensor prediction = yPred.DType == DType.Float32 ? yPred : yPred.Cast(DType.Float32);
        Tensor values = PerExample(yTrue, prediction);
        if (sampleWeight is not null)
            values *= Weights(sampleWeight, values.Shape);
        Tensor? penalty = Penalty(prediction);
        Tensor result = Reduction switch
        {
            Reduction.None => penalty is null ? values : values + penalty,
            Reduction.Sum => penalty is null ? values.Sum() : values.Sum() + penalty.Sum(),
            _ => penalty is null ? Average(values) : Average(values) + penalty.Sum(),
        };
        return scope.Return(result);
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

    /// <summary>The target as Float32 of the prediction's shape; [batch] and [batch, 1] stand for each other.</summary>
    /// <exception cref="ShapeMismatchException">The shapes differ otherwise.</exception>
    protected Tensor SameShape(Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        Tensor target = yTrue.DType == DType.Float32 ? yTrue : yTrue.Cast(DType.Float32);
        if (target.Rank + 1 == yPred.Rank && yPred.Shape[-1] == 1)
            target = target.ExpandDims(-1);
        else if (target.Rank == yPred.Rank + 1 && target.Shape[-1] == 1)
            target = target.Squeeze(-1);
        return target.Shape == yPred.Shape ? target : throw Mismatch("yTrue and yPred of one shape", yTrue, yPred);
    }

    /// <summary>Both as rows of classes, the class axis being the last; the target as Float32.</summary>
    /// <exception cref="ShapeMismatchException">The shapes differ, or there is no batch axis before the classes.</exception>
    protected (Tensor Target, Tensor Prediction) Rows(Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        if (yPred.Rank < 2 || yPred.Shape[-1] == 0 || yTrue.Shape != yPred.Shape)
            throw Mismatch("yTrue and yPred of one shape [batch, .., classes]", yTrue, yPred);
        Shape rows = RowsOf(yPred);
        Tensor target = yTrue.DType == DType.Float32 ? yTrue : yTrue.Cast(DType.Float32);
        return (target.Reshape(rows), yPred.Reshape(rows));
    }

    /// <summary>The extents [rows, classes] of a prediction [batch, .., classes].</summary>
    protected static Shape RowsOf(Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        return new Shape(yPred.Shape.Product(..^1), yPred.Shape[-1]);
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

    // A batch of nothing has the loss 0, not 0/0.
    private static Tensor Average(Tensor values) => values.Count == 0 ? values.Sum() : values.Mean();

    private Tensor Weights(Tensor sampleWeight, Shape values)
    {
        Tensor weights = sampleWeight.DType == DType.Float32 ? sampleWeight : sampleWeight.Cast(DType.Float32);
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
