namespace Numerics.Tensors;

/// <summary>What lies beyond the edges of a picture that is sampled; a b c d stands for a row of it.</summary>
public enum FillMode
{
    /// <summary>d c b a | a b c d | d c b a.</summary>
    Reflect,

    /// <summary>a b c d | a b c d | a b c d.</summary>
    Wrap,

    /// <summary>k k k k | a b c d | k k k k, with a constant k.</summary>
    Constant,

    /// <summary>a a a a | a b c d | d d d d.</summary>
    Nearest,
}

/// <summary>How values between pixels are found when a picture is sampled.</summary>
public enum SampleInterpolation
{
    /// <summary>From the four pixels around, by their distance.</summary>
    Bilinear,

    /// <summary>The nearest pixel; of two equally near ones the one behind.</summary>
    Nearest,
}

/// <summary>The constants of sampling pictures along affine coordinates.</summary>
public readonly record struct AffineGeometry
{
    /// <summary>Takes the constants of pictures of a shape.</summary>
    /// <param name="input">[batch, h, w, channels], with at least one pixel a picture.</param>
    /// <param name="outHeight">The output's height.</param>
    /// <param name="outWidth">The output's width.</param>
    /// <param name="interpolation">How values between pixels are found.</param>
    /// <param name="fillMode">What lies beyond the edges.</param>
    /// <param name="fillValue">The constant of <see cref="FillMode.Constant"/>.</param>
    /// <exception cref="ShapeMismatchException">The input is not a batch of pictures, or they have no pixels.</exception>
    public AffineGeometry(Shape input, int outHeight, int outWidth, SampleInterpolation interpolation, FillMode fillMode, float fillValue)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfNegative(outHeight);
        ArgumentOutOfRangeException.ThrowIfNegative(outWidth);
        if (input.Rank != 4 || input[1] == 0 || input[2] == 0)
            throw new ShapeMismatchException($"expected pictures [batch, h, w, channels] with pixels, got {input}");
        (Batch, InHeight, InWidth, Channels) = (input[0], input[1], input[2], input[3]);
        (OutHeight, OutWidth, Interpolation, FillMode, FillValue) = (outHeight, outWidth, interpolation, fillMode, fillValue);
    }

    /// <summary>The number of pictures.</summary>
    public int Batch { get; private init; }

    /// <summary>The input's height.</summary>
    public int InHeight { get; }

    /// <summary>The input's width.</summary>
    public int InWidth { get; }

    /// <summary>The number of channels.</summary>
    public int Channels { get; }

    /// <summary>The output's height.</summary>
    public int OutHeight { get; }

    /// <summary>The output's width.</summary>
    public int OutWidth { get; }

    /// <summary>How values between pixels are found.</summary>
    public SampleInterpolation Interpolation { get; }

    /// <summary>What lies beyond the edges.</summary>
    public FillMode FillMode { get; }

    /// <summary>The constant of <see cref="FillMode.Constant"/>.</summary>
    public float FillValue { get; }

    /// <summary>The same for another number of pictures.</summary>
    internal AffineGeometry WithBatch(int count) => this with { Batch = count };

    /// <summary>[batch, out h, out w, channels].</summary>
    public Shape OutputShape => new(Batch, OutHeight, OutWidth, Channels);
}
