using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Normalises each example over some axes: gamma·(x - mean)/√(variance + epsilon) + beta.
/// Source: Ba, Kiros, Hinton, "Layer normalization", arXiv:1607.06450, 2016, equation 4.
/// </summary>
public sealed class LayerNormalization : Normalization
{
    private readonly int[] _axes;

    /// <summary>Creates the layer.</summary>
    /// <param name="axis">The axes that are normalised together, without the batch; the last one when null.</param>
    /// <param name="epsilon">Added to the variance; greater than 0.</param>
    /// <param name="center">Whether there is a beta.</param>
    /// <param name="scale">Whether there is a gamma.</param>
    /// <param name="betaInitializer">Beta's first values; <see cref="Zeros"/> when null.</param>
    /// <param name="gammaInitializer">Gamma's first values; <see cref="Ones"/> when null.</param>
    /// <param name="betaRegularizer">What is added to the loss for beta, or null.</param>
    /// <param name="gammaRegularizer">What is added to the loss for gamma, or null.</param>
    /// <param name="betaConstraint">What beta is brought back to after every step, or null.</param>
    /// <param name="gammaConstraint">What gamma is brought back to after every step, or null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public LayerNormalization(
        IReadOnlyList<int>? axis = null,
        float epsilon = 1e-3f,
        bool center = true,
        bool scale = true,
        Initializer? betaInitializer = null,
        Initializer? gammaInitializer = null,
        Regularizer? betaRegularizer = null,
        Regularizer? gammaRegularizer = null,
        Constraint? betaConstraint = null,
        Constraint? gammaConstraint = null,
        string? name = null)
        : base(epsilon, center, scale, betaInitializer, gammaInitializer, betaRegularizer, gammaRegularizer, betaConstraint, gammaConstraint, name)
    {
        _axes = [.. axis ?? [-1]];
        if (_axes.Length == 0 || _axes.Contains(0))
            throw new ArgumentException("at least one axis is normalised, and axis 0 is the batch", nameof(axis));
    }

    /// <summary>The axes that are normalised together.</summary>
    public IReadOnlyList<int> Axis => _axes;

    /// <inheritdoc/>
    protected override void CreateWeights(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Shape spec = Shape.OfRank(inputShape.Rank);
        foreach (int axis in Axes(inputShape))
        {
            spec = spec.With(axis, inputShape[axis]);
            if (inputShape[axis] == Shape.Unknown)
                throw new ShapeMismatchException($"axis {axis} must be known to normalise it, got {inputShape}");
        }

        AddFactorAndOffset(new Shape([.. Axes(inputShape).Select(axis => inputShape[axis])]));
        InputSpec = spec;
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        int[] axes = Axes(x.Shape);
        Tensor centred = x - x.Mean(axes, keepDims: true);
        Tensor y = centred * (centred.Square().Mean(axes, keepDims: true) + Epsilon).Rsqrt();
        if (Gamma is not null)
            y *= Spread(Gamma, x.Shape, axes);
        return Beta is null ? y : y + Spread(Beta, x.Shape, axes);
    }

    // With extents of 1 for the axes that are not normalised.
    private static Tensor Spread(Variable weights, Shape shape, int[] axes)
    {
        int[] dims = new int[shape.Rank];
        Array.Fill(dims, 1);
        foreach (int axis in axes)
            dims[axis] = shape[axis];
        return weights.Value.Reshape(new Shape(dims));
    }

    private int[] Axes(Shape shape)
    {
        int[] axes = [.. _axes.Select(shape.Axis).Order()];
        return axes[0] == 0 || axes.Distinct().Count() < axes.Length
            ? throw new ShapeMismatchException($"axes [{string.Join(", ", _axes)}] of {shape}: each once, and without the batch")
            : axes;
    }
}
