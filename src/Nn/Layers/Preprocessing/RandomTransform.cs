using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Turns, scales, shifts or mirrors each picture of a batch by chance.</summary>
public abstract class RandomTransform : RandomAugmentation
{
    private const int DrawsAPicture = 4;

    private protected RandomTransform(SampleInterpolation interpolation, FillMode fillMode, float fillValue, ulong? seed, string? name)
        : base(seed, name) => (Interpolation, FillMode, FillValue) = (interpolation, fillMode, fillValue);

    /// <summary>How values between pixels are found.</summary>
    public SampleInterpolation Interpolation { get; }

    /// <summary>What lies beyond the edges.</summary>
    public FillMode FillMode { get; }

    /// <summary>The constant of <see cref="FillMode.Constant"/>.</summary>
    public float FillValue { get; }

    /// <summary>Which place of the input each pixel (column j, row i) of the output shows.</summary>
    /// <param name="height">The pictures' height.</param>
    /// <param name="width">The pictures' width.</param>
    /// <param name="draws">Four uniform numbers in [0, 1).</param>
    /// <param name="transform">Receives a, b, c, d, e, f: column a·j + b·i + c, row d·j + e·i + f.</param>
    private protected abstract void Choose(int height, int width, ReadOnlySpan<float> draws, Span<float> transform);

    private protected sealed override Tensor Augment(Tensor x, RandomKey key)
    {
        int batch = x.Shape[0];
        float[] draws = Draw(key, batch * DrawsAPicture), transforms = new float[batch * 6];
        for (int i = 0; i < batch; i++)
            Choose(x.Shape[1], x.Shape[2], draws.AsSpan(i * DrawsAPicture, DrawsAPicture), transforms.AsSpan(i * 6, 6));
        return x.AffineSample(Tensor.From((batch, 6), transforms, x.Backend), null, Interpolation, FillMode, FillValue);
    }
}
