using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Looks up a row of weights for each whole number: [batch, ..] becomes [batch, .., output dim].</summary>
public sealed class Embedding : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="inputDim">How many numbers there are: 0 to inputDim - 1.</param>
    /// <param name="outputDim">The length of a row.</param>
    /// <param name="embeddingsInitializer">The rows' first values; <see cref="RandomUniform"/> when null.</param>
    /// <param name="embeddingsRegularizer">What is added to the loss for the rows, or null.</param>
    /// <param name="embeddingsConstraint">What the rows are brought back to after every step, or null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public Embedding(
        int inputDim,
        int outputDim,
        Initializer? embeddingsInitializer = null,
        Regularizer? embeddingsRegularizer = null,
        Constraint? embeddingsConstraint = null,
        string? name = null)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputDim, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputDim, 1);
        (InputDim, OutputDim) = (inputDim, outputDim);
        EmbeddingsInitializer = embeddingsInitializer ?? new RandomUniform();
        (EmbeddingsRegularizer, EmbeddingsConstraint) = (embeddingsRegularizer, embeddingsConstraint);
    }

    /// <summary>How many numbers there are.</summary>
    public int InputDim { get; }

    /// <summary>The length of a row.</summary>
    public int OutputDim { get; }

    /// <summary>What gives the rows their first values.</summary>
    public Initializer EmbeddingsInitializer { get; }

    /// <summary>What is added to the loss for the rows, or null.</summary>
    public Regularizer? EmbeddingsRegularizer { get; }

    /// <summary>What the rows are brought back to after every step, or null.</summary>
    public Constraint? EmbeddingsConstraint { get; }

    /// <summary>The rows [input dim, output dim]; null before the layer is built.</summary>
    public Variable? Embeddings { get; private set; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return new Shape([.. inputShape.Dims, OutputDim]);
    }

    private protected override bool Takes(DType type) => true;

    /// <inheritdoc/>
    protected override void CreateWeights(Shape inputShape) => Embeddings = AddWeight(
        "embeddings", (InputDim, OutputDim), EmbeddingsInitializer, true, EmbeddingsRegularizer, EmbeddingsConstraint);

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Embeddings!.Value.Gather(x.DType == DType.Int32 ? x : x.Cast(DType.Int32));
    }
}
