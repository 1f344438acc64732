using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>What layers that normalise have in common: a factor gamma and an offset beta behind (x - mean)/√(variance + epsilon).</summary>
public abstract class Normalization : Layer
{
    private protected Normalization(
        float epsilon,
        bool center,
        bool scale,
        Initializer? betaInitializer,
        Initializer? gammaInitializer,
        Regularizer? betaRegularizer,
        Regularizer? gammaRegularizer,
        Constraint? betaConstraint,
        Constraint? gammaConstraint,
        string? name)
        : base(name)
    {
        if (epsilon is not (> 0 and < float.PositiveInfinity))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon is greater than 0");
        (Epsilon, Center, Scale) = (epsilon, center, scale);
        (BetaInitializer, BetaRegularizer, BetaConstraint) = (betaInitializer ?? new Zeros(), betaRegularizer, betaConstraint);
        (GammaInitializer, GammaRegularizer, GammaConstraint) = (gammaInitializer ?? new Ones(), gammaRegularizer, gammaConstraint);
    }

    /// <summary>What is added to the variance.</summary>
    public float Epsilon { get; }

    /// <summary>Whether there is a beta.</summary>
    public bool Center { get; }

    /// <summary>Whether there is a gamma.</summary>
    public bool Scale { get; }

    /// <summary>What gives beta its first values.</summary>
    public Initializer BetaInitializer { get; }

    /// <summary>What gives gamma its first values.</summary>
    public Initializer GammaInitializer { get; }

    /// <summary>What is added to the loss for beta, or null.</summary>
    public Regularizer? BetaRegularizer { get; }

    /// <summary>What is added to the loss for gamma, or null.</summary>
    public Regularizer? GammaRegularizer { get; }

    /// <summary>What beta is brought back to after every step, or null.</summary>
    public Constraint? BetaConstraint { get; }

    /// <summary>What gamma is brought back to after every step, or null.</summary>
    public Constraint? GammaConstraint { get; }

    /// <summary>The offset; null before the layer is built, or without one.</summary>
    public Variable? Beta { get; private set; }

    /// <summary>The factor; null before the layer is built, or without one.</summary>
    public Variable? Gamma { get; private set; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <summary>Makes gamma and beta, as far as there are such.</summary>
    private protected void AddFactorAndOffset(Shape shape)
    {
        Gamma = Scale ? AddWeight("gamma", shape, GammaInitializer, true, GammaRegularizer, GammaConstraint) : null;
        Beta = Center ? AddWeight("beta", shape, BetaInitializer, true, BetaRegularizer, BetaConstraint) : null;
    }
}
