using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>What the losses share whose targets are class numbers.</summary>
public abstract class SparseClassifierLoss : ClassifierLoss
{
    private readonly int? _ignoreClass;

    private protected SparseClassifierLoss(
        string name, Reduction reduction, bool fromLogits, int axis, int? ignoreClass, FocalGradient gradient)
        : base(name, reduction, fromLogits, axis, gradient) =>
        _ignoreClass = ignoreClass;

    /// <summary>The weights of the classes.</summary>
    private protected abstract ClassAlpha Alpha { get; }

    /// <summary>The constants of the focal term.</summary>
    private protected abstract FocalTerm Term { get; }

    /// <summary>Whether probabilities are divided by their sum first.</summary>
    private protected abstract bool NormalizesPredictions { get; }

    /// <summary>The value of each example; 0 where the label is ignored.</summary>
    /// <param name="yTrue">Class numbers, Int32 (other types are cast), of the prediction's shape without its classes or with 1 there.</param>
    /// <param name="yPred">The prediction.</param>
    /// <exception cref="ArgumentException">A label is not a class.</exception>
    protected sealed override Tensor PerExample(Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        int axis = Axis(yTrue, yPred), classes = yPred.Shape[axis];
        Shape examples = Examples(yTrue, yPred);
        if (yTrue.Shape != examples && yTrue.Shape != yPred.Shape.With(axis, 1))
            throw Mismatch("labels of yPred's shape without its classes", yTrue, yPred);
        return Terms(ClassNumbers.Read(yTrue, classes, _ignoreClass, Name), yPred, axis, Alpha, Term, NormalizesPredictions);
    }

    /// <summary>The examples whose label is not ignored.</summary>
    /// <param name="yTrue">Class numbers.</param>
    protected sealed override Tensor Positives(Tensor yTrue)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        return ClassNumbers.Labelled(yTrue, _ignoreClass, yTrue.Shape)?.Sum() ?? Tensor.Full(Shape.Scalar, yTrue.Count, yTrue.Backend);
    }

    /// <inheritdoc/>
    protected sealed override Tensor? Labelled(Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        return ClassNumbers.Labelled(yTrue, _ignoreClass, Examples(yTrue, yPred));
    }
}
