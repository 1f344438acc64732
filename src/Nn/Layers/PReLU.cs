using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// x for x ≥ 0, else alpha·x with a learned alpha for each element of an example. Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers",
/// ICCV 2015, equation 1; with shared axes [1, 2] it is the paper's channel-wise variant for pictures.
/// </summary>
public sealed class PReLU : Layer
{
    private readonly int[] _sharedAxes;

    /// <summary>Creates the layer.</summary>
    /// <param name="alphaInitializer">The slopes' first values; zeros when null.</param>
    /// <param name="alphaRegularizer">What is added to the loss for the slopes, or null.</param>
    /// <param name="alphaConstraint">What the slopes are brought back to after every step, or null.</param>
    /// <param name="sharedAxes">The axes along which one slope serves all, counted from 1; none when null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentException">An axis is the batch, or occurs twice.</exception>
    public PReLU(
        Initializer? alphaInitializer = null,
        Regularizer? alphaRegularizer = null,
        Constraint? alphaConstraint = null,
        IReadOnlyList<int>? sharedAxes = null,
        string? name = null)
        : base(name)
    {
        _sharedAxes = [.. sharedAxes ?? []];
        if (_sharedAxes.Any(axis => axis < 1) || _sharedAxes.Distinct().Count() < _sharedAxes.Length)
            throw new ArgumentException($"axes are counted from 1, each at most once, got [{string.Join(", ", _sharedAxes)}]", nameof(sharedAxes));
        (AlphaInitializer, AlphaRegularizer, AlphaConstraint) = (alphaInitializer ?? new Zeros(), alphaRegularizer, alphaConstraint);
    }

    /// <summary>The slopes' first values.</summary>
    public Initializer AlphaInitializer { get; }

    /// <summary>What is added to the loss for the slopes, or null.</summary>
    public Regularizer? AlphaRegularizer { get; }

    /// <summary>What the slopes are brought back to after every step, or null.</summary>
    public Constraint? AlphaConstraint { get; }

    /// <summary>The axes along which one slope serves all.</summary>
    public IReadOnlyList<int> SharedAxes => _sharedAxes;

    /// <summary>The slopes: an example's shape, with extents of 1 for shared axes. Null until the layer is built.</summary>
    public Variable? Alpha { get; private set; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override void CreateWeights(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Shape slopes = inputShape.Without(0);
        foreach (int axis in _sharedAxes)
        {
            if (axis > slopes.Rank)
                throw new ShapeMismatchException($"axis {axis} cannot be shared, the input is {inputShape}");
            slopes = slopes.With(axis - 1, 1);
        }

        if (slopes.Dims.Contains(Shape.Unknown))
            throw new ShapeMismatchException($"every axis that is not shared must be known, the input is {inputShape}");
        Alpha = AddWeight("alpha", slopes, AlphaInitializer, true, AlphaRegularizer, AlphaConstraint);
        InputSpec = _sharedAxes.Aggregate(slopes.Prepend(Shape.Unknown), (spec, axis) => spec.With(axis, Shape.Unknown));
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Relu() - ((-x).Relu() * Alpha!);
    }
}
