using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>What the losses over classes share: rows of predictions, the axis of the classes, and where the logits are.</summary>
public abstract class ClassifierLoss : Loss
{
    private protected ClassifierLoss(string name, Reduction reduction, bool fromLogits, int axis, FocalGradient gradient)
        : base(name, reduction, countsPositives: true)
    {
        if (!Enum.IsDefined(gradient))
            throw new ArgumentOutOfRangeException(nameof(gradient), gradient, "unknown gradient");
        (FromLogits, ClassAxis, Gradient) = (fromLogits, axis, gradient);
    }

    /// <summary>Whether predictions are logits instead of probabilities.</summary>
    public bool FromLogits { get; }

    /// <summary>The axis of the classes; negative counts from the end.</summary>
    public int ClassAxis { get; }

    /// <summary>Whether probabilities that come from a softmax are clipped.</summary>
    public FocalGradient Gradient { get; }

    /// <summary>The labels above one half: an example whose labels are all 0, such as background, is none.</summary>
    /// <param name="yTrue">The labels.</param>
    protected override Tensor Positives(Tensor yTrue) => (Floats(yTrue) > 0.5f).Sum();

    /// <summary>Which axis of a prediction the classes are.</summary>
    private protected int Axis(Tensor yTrue, Tensor yPred)
    {
        int axis = ClassAxis < 0 ? ClassAxis + yPred.Rank : ClassAxis;
        return yPred.Rank >= 2 && axis > 0 && axis < yPred.Rank && yPred.Shape[axis] > 0
            ? axis
            : throw Mismatch(ClassAxis == -1 ? "yPred [batch, .., classes]" : $"yPred [batch, ..] with classes along axis {ClassAxis}", yTrue, yPred);
    }

    /// <summary>The shape of the examples' values: the prediction's without its classes.</summary>
    private protected Shape Examples(Tensor yTrue, Tensor yPred) => yPred.Shape.Without(Axis(yTrue, yPred));

    /// <summary>[examples, classes], with the classes moved to the end.</summary>
    private protected static Tensor Rows(Tensor x, int axis)
    {
        if (axis != x.Rank - 1)
            x = x.Transpose([.. Enumerable.Range(0, x.Rank).Where(i => i != axis), axis]);
        return x.Reshape(new Shape(x.Shape.Product(..^1), x.Shape[-1]));
    }

    /// <summary>The logits that probabilities came from, when the loss may use them.</summary>
    private protected Tensor? LogitsOf(Tensor yPred, int axis)
    {
        if (FromLogits)
            return yPred;
        return Gradient == FocalGradient.Stable && axis == yPred.Rank - 1 ? yPred.SoftmaxLogits : null;
    }

    /// <summary>The focal terms of a prediction.</summary>
    /// <param name="target">Soft labels [examples, classes] or class numbers [examples].</param>
    /// <param name="yPred">The prediction.</param>
    /// <param name="axis">The axis of its classes.</param>
    /// <param name="alpha">The weights of the classes.</param>
    /// <param name="term">The constants.</param>
    /// <param name="normalize">Whether probabilities are divided by their sum first.</param>
    /// <returns>The prediction's shape without its classes.</returns>
    private protected Tensor Terms(Tensor target, Tensor yPred, int axis, ClassAlpha alpha, FocalTerm term, bool normalize)
    {
        Tensor weights = alpha.For(Name, yPred, axis);
        Tensor terms = LogitsOf(yPred, axis) is { } logits
            ? Rows(logits, axis).SoftmaxCategoricalFocal(target, weights, term)
            : Probabilities(yPred, axis, normalize).CategoricalFocal(target, weights, term, Epsilon);
        return terms.Reshape(yPred.Shape.Without(axis));
    }

    /// <summary>The focal terms of a prediction with labels of its own shape.</summary>
    private protected Tensor DenseTerms(Tensor yTrue, Tensor yPred, ClassAlpha alpha, FocalTerm term, float labelSmoothing, bool normalize)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        int axis = Axis(yTrue, yPred);
        if (yTrue.Shape != yPred.Shape)
        {
            bool areNumbers = yTrue.Rank == yPred.Rank - 1 || (yTrue.Rank == yPred.Rank && yTrue.Shape[axis] == 1);
            throw Mismatch(
                $"yTrue and yPred of one shape{(areNumbers ? " (one-hot rows; class numbers are for the losses whose names begin with Sparse)" : "")}", yTrue, yPred);
        }

        return Terms(LabelSmoothing.OverClasses(Rows(Floats(yTrue), axis), labelSmoothing), yPred, axis, alpha, term, normalize);
    }

    /// <summary>Rows of probabilities, divided by their sum if asked for.</summary>
    private protected static Tensor Probabilities(Tensor yPred, int axis, bool normalize)
    {
        Tensor rows = Rows(yPred, axis);

        // A row of zeros stays one.
        return normalize ? rows / rows.Sum(-1, keepDims: true).Maximum(Epsilon) : rows;
    }
}
