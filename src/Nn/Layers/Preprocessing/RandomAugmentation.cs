using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// A layer that changes pictures by chance in training and leaves them alone otherwise. Inside a model it is seeded by its own seed or by
/// <see cref="RandomGenerator.Default"/>; in a data pipeline, <see cref="Apply"/> is given the stream to draw from:
/// <c>data.Map((item, key) => item with { X = flip.Apply(item.X, key) }, seed: 1)</c>.
/// </summary>
public abstract class RandomAugmentation : RandomLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="seed">The seed of its random numbers; null draws from <see cref="RandomGenerator.Default"/>.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    private protected RandomAugmentation(ulong? seed, string? name)
        : base(seed, name) => InputSpec = Shape.OfRank(4);

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <summary>Changes pictures as in training, with random numbers of a stream: the same stream, the same changes.</summary>
    /// <param name="pictures">One picture [h, w, channels] or a batch [batch, h, w, channels].</param>
    /// <param name="key">The stream.</param>
    /// <returns>The changed pictures, of the same element type.</returns>
    /// <exception cref="ShapeMismatchException">These are no pictures.</exception>
    public NDArray Apply(NDArray pictures, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        bool isOne = pictures.Shape.Rank == 3;
        NDArray batch = isOne ? pictures.Reshape(pictures.Shape.Prepend(1)) : pictures;
        CheckInput(batch.Shape);
        return GradientTape.StopRecording(() =>
        {
            using var scope = new TensorScope();
            Tensor x = batch;
            Tensor y = Augment(x.Cast(DType.Float32), key).Cast(pictures.DType);
            NDArray changed = y.ToNDArray();
            return isOne ? changed.Reshape(changed.Shape.Without(0)) : changed;
        });
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return training ? Augment(x, NextKey()) : AtRest(x);
    }

    /// <summary>The changed pictures.</summary>
    /// <param name="x">[batch, h, w, channels].</param>
    /// <param name="key">The stream to draw from.</param>
    private protected abstract Tensor Augment(Tensor x, RandomKey key);

    /// <summary>What becomes of pictures outside training; they stay as they are unless overridden.</summary>
    private protected virtual Tensor AtRest(Tensor x) => x;

    /// <summary>Uniform numbers in [0, 1), some for each picture.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="count">How many in all.</param>
    private protected static float[] Draw(RandomKey key, int count)
    {
        float[] numbers = new float[count];
        Philox.FillUniform(key, 0, numbers);
        return numbers;
    }
}
