using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Normalises each channel, the last axis: in training with mean and biased variance of the batch, whose moving averages are
/// kept, otherwise with those averages. y = gamma·(x - mean)/√(variance + epsilon) + beta. A layer that is not trainable runs
/// as in inference.
/// Source: Ioffe and Szegedy, "Batch normalization", ICML 2015, algorithms 1 and 2.
/// </summary>
public sealed class BatchNormalization : Layer
{
    private Variable? _gamma;
    private Variable? _beta;
    private Variable? _movingMean;
    private Variable? _movingVariance;

    /// <summary>Creates the layer.</summary>
    /// <param name="momentum">The share of the moving averages that a step keeps, in [0, 1].</param>
    /// <param name="epsilon">Added to the variance; greater than 0.</param>
    /// <param name="center">Whether there is a beta.</param>
    /// <param name="scale">Whether there is a gamma.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public BatchNormalization(float momentum = 0.99f, float epsilon = 1e-3f, bool center = true, bool scale = true, string? name = null)
        : base(name)
    {
        if (momentum is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "momentum is in [0, 1]");
        if (epsilon is not (> 0 and < float.PositiveInfinity))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon is greater than 0");
        (Momentum, Epsilon, Center, Scale) = (momentum, epsilon, center, scale);
    }

    /// <summary>The share of the moving averages that a step keeps.</summary>
    public float Momentum { get; }

    /// <summary>What is added to the variance.</summary>
    public float Epsilon { get; }

    /// <summary>Whether there is a beta.</summary>
    public bool Center { get; }

    /// <summary>Whether there is a gamma.</summary>
    public bool Scale { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override void CreateWeights(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank < 2 || inputShape[-1] == Shape.Unknown)
            throw new ShapeMismatchException($"expected input [batch, .., channels] with the channels known, got {inputShape}");
        int channels = inputShape[-1];
        _gamma = Scale ? AddWeight("gamma", channels, new Ones()) : null;
        _beta = Center ? AddWeight("beta", channels, new Zeros()) : null;
        _movingMean = AddWeight("moving_mean", channels, new Zeros(), trainable: false);
        _movingVariance = AddWeight("moving_variance", channels, new Ones(), trainable: false);
        int[] spec = new int[inputShape.Rank];
        Array.Fill(spec, Shape.Unknown);
        spec[^1] = channels;
        InputSpec = spec;
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!training || !Trainable)
        {
            Tensor factor = (_movingVariance!.Value + Epsilon).Rsqrt();
            if (_gamma is not null)
                factor *= _gamma;
            Tensor y = (x - _movingMean!) * factor;
            return _beta is null ? y : y + _beta;
        }

        Shape channels = x.Shape[-1];
        Tensor gamma = _gamma?.Value ?? Tensor.Ones(channels, x.Backend), beta = _beta?.Value ?? Tensor.Zeros(channels, x.Backend);
        (Tensor normalised, Tensor mean, Tensor variance) = x.BatchNormalization(gamma, beta, Epsilon);
        Average(_movingMean!, mean);
        Average(_movingVariance!, variance);
        return normalised;
    }

    private void Average(Variable moving, Tensor batch) =>
        moving.Assign((moving.Value * Momentum) + (batch * (1 - Momentum)));
}
