namespace Numerics.Tensors;

/// <summary>
/// Everything about a two-dimensional pooling but its data: input [Batch, InHeight, InWidth, Channels], output
/// [Batch, OutHeight, OutWidth, Channels]. Output pixel (y, x) covers the input rows y·StrideH - PadTop .. + PoolHeight and the
/// columns alike; positions outside the picture do not count, neither for the maximum nor in the average's divisor.
/// </summary>
public readonly record struct Pool2DGeometry
{
    /// <summary>Works out a pooling from its input.</summary>
    /// <param name="input">[batch, height, width, channels].</param>
    /// <param name="poolSize">Rows and columns of the window, each at least 1.</param>
    /// <param name="strides">Step down and across, each at least 1.</param>
    /// <param name="padding">What happens at the edges.</param>
    /// <exception cref="ShapeMismatchException">The input is not a batch of pictures, or smaller than a valid-padded window.</exception>
    public Pool2DGeometry(Shape input, (int H, int W) poolSize, (int H, int W) strides, Padding padding)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfLessThan(poolSize.H, 1, nameof(poolSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(poolSize.W, 1, nameof(poolSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(strides.H, 1, nameof(strides));
        ArgumentOutOfRangeException.ThrowIfLessThan(strides.W, 1, nameof(strides));
        if (input.Rank != 4)
            throw new ShapeMismatchException($"pooling takes [batch, h, w, channels], got {input}");
        (Batch, InHeight, InWidth, Channels) = (input[0], input[1], input[2], input[3]);
        (PoolHeight, PoolWidth) = poolSize;
        (StrideH, StrideW) = strides;
        (OutHeight, PadTop, PadBottom) = WindowAxis.Place(InHeight, PoolHeight, StrideH, 1, padding, "pooling", input);
        (OutWidth, PadLeft, PadRight) = WindowAxis.Place(InWidth, PoolWidth, StrideW, 1, padding, "pooling", input);
    }

    /// <summary>Pictures in the batch.</summary>
    public int Batch { get; }

    /// <summary>Rows of the input.</summary>
    public int InHeight { get; }

    /// <summary>Columns of the input.</summary>
    public int InWidth { get; }

    /// <summary>Channels of input and output.</summary>
    public int Channels { get; }

    /// <summary>Rows of the window.</summary>
    public int PoolHeight { get; }

    /// <summary>Columns of the window.</summary>
    public int PoolWidth { get; }

    /// <summary>Rows between neighbouring windows.</summary>
    public int StrideH { get; }

    /// <summary>Columns between neighbouring windows.</summary>
    public int StrideW { get; }

    /// <summary>Rows of the output.</summary>
    public int OutHeight { get; }

    /// <summary>Columns of the output.</summary>
    public int OutWidth { get; }

    /// <summary>Rows above the picture that the first window covers.</summary>
    public int PadTop { get; }

    /// <summary>Rows below the picture that the last window covers.</summary>
    public int PadBottom { get; }

    /// <summary>Columns left of the picture that the first window covers.</summary>
    public int PadLeft { get; }

    /// <summary>Columns right of the picture that the last window covers.</summary>
    public int PadRight { get; }

    /// <summary>[batch, height, width, channels] of the input.</summary>
    public Shape InputShape => new(Batch, InHeight, InWidth, Channels);

    /// <summary>[batch, height, width, channels] of the output.</summary>
    public Shape OutputShape => new(Batch, OutHeight, OutWidth, Channels);

    /// <summary>
    /// The type that holds a position inside the window (row · PoolWidth + column): a byte for windows of up to 256 positions.
    /// </summary>
    public DType ArgMaxType => PoolHeight * PoolWidth <= 256 ? DType.UInt8 : DType.Int32;
}
