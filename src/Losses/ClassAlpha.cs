using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>The weights of classes: one for all, or one for each.</summary>
internal sealed class ClassAlpha
{
    private readonly float[] _values;

    /// <summary>Checks and keeps the weights.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">One is negative or not finite.</exception>
    public ClassAlpha(ReadOnlySpan<float> alpha)
    {
        if (alpha.IsEmpty)
            throw new ArgumentException("alpha needs a value for each class, got none", nameof(alpha));
        foreach (float weight in alpha)
            _ = LossArguments.NonNegative(weight, nameof(alpha));
        _values = alpha.ToArray();
    }

    /// <summary>The weights, or one for all.</summary>
    public IReadOnlyList<float> Values => _values;

    /// <summary>The weights beside a prediction.</summary>
    /// <param name="loss">The loss' name, for the message.</param>
    /// <param name="yPred">The prediction.</param>
    /// <param name="axis">The axis of its classes.</param>
    /// <returns>[1] or [classes].</returns>
    /// <exception cref="ShapeMismatchException">There are more or fewer classes than weights.</exception>
    public Tensor For(string loss, Tensor yPred, int axis)
    {
        int classes = yPred.Shape[axis];
        if (_values.Length == 1)
            return Tensor.Full(1, _values[0], yPred.Backend);
        return _values.Length == classes
            ? Tensor.From(classes, _values, yPred.Backend)
            : throw new ShapeMismatchException($"{loss}: alpha has {_values.Length} values for {classes} classes, yPred is {yPred.Shape}");
    }
}
