using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Normalises each channel, the last axis: in training with mean and biased variance of the batch, whose moving averages are
/// kept, otherwise with those averages. y = gamma·(x - mean)/√(variance + epsilon) + beta. A layer that is not trainable runs
/// as in inference.
/// Source: Ioffe and Szegedy, "Batch normalization", ICML 2015, algorithms 1 and 2.
/// </summary>
public sealed class BatchNormalization : Normalization
{
    private Variable? _movingMean;
    private Variable? _movingVariance;

    /// <summary>Creates the layer.</summary>
    /// <param name="momentum">The share of the moving averages that a step keeps, in [0, 1].</param>
    /// <param name="epsilon">Added to the variance; greater than 0.</param>
    /// <param name="center">Whether there is a beta.</param>
    /// <param name="scale">Whether there is a gamma.</param>
    /// <param name="betaInitializer">Beta's first values; <see cref="Zeros"/> when null.</param>
    /// <param name="gammaInitializer">Gamma's first values; <see cref="Ones"/> when null.</param>
    /// <param name="movingMeanInitializer">The moving mean's first values; <see cref="Zeros"/> when null.</param>
    /// <param name="movingVarianceInitializer">The moving variance's first values; <see cref="Ones"/> when null.</param>
    /// <param name="betaRegularizer">What is added to the loss for beta, or null.</param>
    /// <param name="gammaRegularizer">What is added to the loss for gamma, or null.</param>
    /// <param name="betaConstraint">What beta is brought back to after every step, or null.</param>
    /// <param name="gammaConstraint">What gamma is brought back to after every step, or null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public BatchNormalization(
        float momentum = 0.99f,
        float epsilon = 1e-3f,
        bool center = true,
        bool scale = true,
        Initializer? betaInitializer = null,
        Initializer? gammaInitializer = null,
        Initializer? movingMeanInitializer = null,
        Initializer? movingVarianceInitializer = null,
        Regularizer? betaRegularizer = null,
        Regularizer? gammaRegularizer = null,
        Constraint? betaConstraint = null,
        Constraint? gammaConstraint = null,
        string? name = null)
        : base(epsilon, center, scale, betaInitializer, gammaInitializer, betaRegularizer, gammaRegularizer, betaConstraint, gammaConstraint, name)
    {
        if (momentum is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "momentum is in [0, 1]");
        Momentum = momentum;
        MovingMeanInitializer = movingMeanInitializer ?? new Zeros();
        MovingVarianceInitializer = movingVarianceInitializer ?? new Ones();
    }

    /// <summary>The share of the moving averages that a step keeps.</summary>
    public float Momentum { get; }

    /// <summary>What gives the moving mean its first values.</summary>
    public Initializer MovingMeanInitializer { get; }

    /// <summary>What gives the moving variance its first values.</summary>
    public Initializer MovingVarianceInitializer { get; }

    /// <inheritdoc/>
    protected override void CreateWeights(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank < 2 || inputShape[-1] == Shape.Unknown)
            throw new ShapeMismatchException($"expected input [batch, .., channels] with the channels known, got {inputShape}");
        int channels = inputShape[-1];
        AddFactorAndOffset(channels);
        _movingMean = AddWeight("moving_mean", channels, MovingMeanInitializer, trainable: false);
        _movingVariance = AddWeight("moving_variance", channels, MovingVarianceInitializer, trainable: false);
        InputSpec = Shape.OfRank(inputShape.Rank).With(-1, channels);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Normalize(x, training, relu: false);
    }

    /// <summary>Whether a call normalises with the statistics of its batch, not with the moving ones.</summary>
    internal bool UsesBatch(bool training) => training && Trainable;

    /// <summary>What a call that does not use its batch multiplies each channel by, and what it adds then.</summary>
    internal (Tensor Scale, Tensor Shift) ScaleAndShift()
    {
        Tensor scale = (_movingVariance!.Value + Epsilon).Rsqrt();
        if (Gamma is not null)
            scale *= Gamma;
        Tensor shift = -(_movingMean!.Value * scale);
        return (scale, Beta is null ? shift : shift + Beta);
    }

    /// <summary>This layer and a ReLU in one op.</summary>
    /// <param name="x">The input.</param>
    /// <param name="training">Whether the layer behaves as in training.</param>
    /// <param name="name">What profilers see.</param>
    internal Tensor CallRelu(Tensor x, bool training, string name) => CallAs(x, name, input => Normalize(input, training, relu: true));

    private Tensor Normalize(Tensor x, bool training, bool relu)
    {
        if (!UsesBatch(training))
        {
            (Tensor scale, Tensor shift) = ScaleAndShift();
            return x.ScaleShift(scale, shift, relu);
        }

        Shape channels = x.Shape[-1];
        Tensor gamma = Gamma?.Value ?? Tensor.Ones(channels, x.Backend), beta = Beta?.Value ?? Tensor.Zeros(channels, x.Backend);
        (Tensor normalised, Tensor mean, Tensor variance) = x.BatchNormalization(gamma, beta, Epsilon, relu);
        Average(_movingMean!, mean);
        Average(_movingVariance!, variance);
        return normalised;
    }

    private void Average(Variable moving, Tensor batch) =>
        moving.Assign((moving.Value * Momentum) + (batch * (1 - Momentum)));
}
