using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Mixes each example of a batch with another one of it, targets included, so the network learns from what lies between. Used on batches of a
/// data set: <c>data.Batch(32).Map((batch, key) => mixUp.Apply(batch, key), seed: 1)</c>. Targets have to be one-hot or soft.
/// </summary>
public abstract class BatchMixing
{
    private protected BatchMixing(float alpha, string name)
    {
        if (!(alpha > 0) || !float.IsFinite(alpha))
            throw new ArgumentOutOfRangeException(name, alpha, "the parameter of a Beta distribution is above 0");
        Alpha = alpha;
    }

    /// <summary>The parameter of the Beta distribution that an example's share is drawn from.</summary>
    private protected float Alpha { get; }

    /// <summary>A batch mixed with itself; the same stream, the same mixture.</summary>
    /// <param name="batch">X [batch, h, w, channels] of any type, Y [batch, classes] of floats.</param>
    /// <param name="key">The stream to draw from.</param>
    /// <returns>The mixed batch: X of the same type, sample weights mixed as the targets are.</returns>
    /// <exception cref="ShapeMismatchException">This is not such a batch.</exception>
    public DataItem Apply(DataItem batch, RandomKey key)
    {
        if (batch.X is not { Shape.Rank: 4 } x || batch.Y is not { Shape.Rank: 2, DType: DType.Float32 } y || x.Shape[0] != y.Shape[0])
            throw new ShapeMismatchException($"{GetType().Name}: expected X [batch, h, w, channels] and Y Float32 [batch, classes], got {batch.X} and {batch.Y}");
        int count = x.Shape[0];
        var random = new PhiloxStream(key);
        int[] others = [.. Enumerable.Range(0, count)];
        Permutation.Shuffle(others, new RandomKey(random.NextWord(), random.NextWord()));
        NDArray mixed = NDArray.Empty(x.Shape, x.DType), targets = NDArray.Empty(y.Shape);
        NDArray? weights = batch.SampleWeight is { } weight ? NDArray.Empty(weight.Shape) : null;
        for (int i = 0; i < count; i++)
        {
            float share = Mix(x.Slice(i, 1), x.Slice(others[i], 1), mixed.Slice(i, 1), random.NextBeta(Alpha), random);
            Blend(y.Slice(i, 1), y.Slice(others[i], 1), share, targets.Slice(i, 1));
            if (weights is not null)
                Blend(batch.SampleWeight!.Slice(i, 1), batch.SampleWeight.Slice(others[i], 1), share, weights.Slice(i, 1));
        }

        return new DataItem(mixed, targets, weights);
    }

    /// <summary>Mixes two pictures.</summary>
    /// <param name="own">The picture [1, h, w, channels].</param>
    /// <param name="other">The other one.</param>
    /// <param name="target">Receives the mixture.</param>
    /// <param name="share">The share of the first, in [0, 1].</param>
    /// <param name="random">More random numbers.</param>
    /// <returns>The share of the first in the targets.</returns>
    private protected abstract float Mix(NDArray own, NDArray other, NDArray target, float share, PhiloxStream random);

    /// <summary>share·a + (1 - share)·b, bytes rounded to the nearest.</summary>
    private protected static void Blend(NDArray a, NDArray b, float share, NDArray target)
    {
        if (a.DType == DType.Float32)
        {
            ReadOnlySpan<float> first = a.AsSpan<float>(), second = b.AsSpan<float>();
            Span<float> result = target.AsSpan<float>();
            for (int i = 0; i < result.Length; i++)
                result[i] = (share * first[i]) + ((1 - share) * second[i]);
            return;
        }

        int part = (int)MathF.Round(share * 65536);
        ReadOnlySpan<byte> ones = a.Bytes, others = b.Bytes;
        Span<byte> bytes = target.Bytes;
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(((ones[i] * part) + (others[i] * (65536 - part)) + 32768) >> 16);
    }
}
