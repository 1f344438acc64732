using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Normalises each example [batch, .., channels] over groups of channels and all places: gamma·(x - mean)/√(variance + epsilon) + beta, with a
/// gamma and a beta for each channel. Source: Wu and He, "Group normalization", ECCV 2018, equations 1, 2 and 7.
/// </summary>
public sealed class GroupNormalization : Normalization
{
    /// <summary>Creates the layer.</summary>
    /// <param name="groups">How many groups the channels make, a divisor of their number; -1 for one channel each (instance normalisation).</param>
    /// <param name="epsilon">Added to the variance; greater than 0.</param>
    /// <param name="center">Whether there is a beta.</param>
    /// <param name="scale">Whether there is a gamma.</param>
    /// <param name="betaInitializer">Beta's first values; zeros when null.</param>
    /// <param name="gammaInitializer">Gamma's first values; ones when null.</param>
    /// <param name="betaRegularizer">What is added to the loss for beta, or null.</param>
    /// <param name="gammaRegularizer">What is added to the loss for gamma, or null.</param>
    /// <param name="betaConstraint">What beta is brought back to after every step, or null.</param>
    /// <param name="gammaConstraint">What gamma is brought back to after every step, or null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public GroupNormalization(
        int groups = 32,
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
        if (groups is < -1 or 0)
            throw new ArgumentOutOfRangeException(nameof(groups), groups, "there is at least one group; -1 makes each channel one");
        Groups = groups;
    }

    /// <summary>How many groups the channels make; -1 for one channel each.</summary>
    public int Groups { get; }

    /// <inheritdoc/>
    protected override void CreateWeights(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int channels = inputShape.Rank < 2 ? Shape.Unknown : inputShape[-1];
        if (channels == Shape.Unknown)
            throw new ShapeMismatchException($"expected input [batch, .., channels] with a known number of channels, got {inputShape}");
        if (Groups > channels || channels % GroupsOf(channels) != 0)
            throw new ShapeMismatchException($"{channels} channels do not make {Groups} groups of one size");
        AddFactorAndOffset(channels);
        InputSpec = Shape.OfRank(inputShape.Rank).With(-1, channels);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        int channels = x.Shape[-1], groups = GroupsOf(channels), places = x.Shape.Product(1..) / channels;
        Tensor grouped = x.Reshape((x.Shape[0], places, groups, channels / groups));
        Tensor centred = grouped - grouped.Mean([1, 3], keepDims: true);
        Tensor y = (centred * (centred.Square().Mean([1, 3], keepDims: true) + Epsilon).Rsqrt()).Reshape(x.Shape);
        if (Gamma is not null)
            y *= Gamma.Value;
        return Beta is null ? y : y + Beta.Value;
    }

    private int GroupsOf(int channels) => Groups == -1 ? channels : Groups;
}
