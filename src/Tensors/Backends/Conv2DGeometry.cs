namespace Numerics.Tensors;

/// <summary>
/// Everything about a two-dimensional convolution but its data: input [Batch, InHeight, InWidth, InChannels], kernel
/// [KernelHeight, KernelWidth, InChannels / Groups, OutChannels], output [Batch, OutHeight, OutWidth, OutChannels].
/// Output pixel (y, x) reads input pixel (y·StrideH + i·DilationH - PadTop, x·StrideW + j·DilationW - PadLeft) for kernel
/// position (i, j); positions outside the picture are zero. Output channels of group g read the input channels of group g.
/// </summary>
public readonly record struct Conv2DGeometry
{
    /// <summary>Works out a convolution from its shapes.</summary>
    /// <param name="input">[batch, height, width, channels].</param>
    /// <param name="kernel">[kernel height, kernel width, channels / groups, out channels].</param>
    /// <param name="strides">Step down and across, each at least 1.</param>
    /// <param name="padding">What happens at the edges.</param>
    /// <param name="dilation">Distance between kernel taps, each at least 1.</param>
    /// <param name="groups">The number of independent channel groups; divides both channel counts.</param>
    /// <exception cref="ShapeMismatchException">The shapes do not fit, or the kernel is larger than a valid-padded input.</exception>
    public Conv2DGeometry(Shape input, Shape kernel, (int H, int W) strides, Padding padding, (int H, int W) dilation, int groups)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentOutOfRangeException.ThrowIfLessThan(strides.H, 1, nameof(strides));
        ArgumentOutOfRangeException.ThrowIfLessThan(strides.W, 1, nameof(strides));
        ArgumentOutOfRangeException.ThrowIfLessThan(dilation.H, 1, nameof(dilation));
        ArgumentOutOfRangeException.ThrowIfLessThan(dilation.W, 1, nameof(dilation));
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        if (input.Rank != 4 || kernel.Rank != 4)
            throw new ShapeMismatchException($"a convolution takes [batch, h, w, channels] and a kernel [kh, kw, in, out], got {input} and {kernel}");
        if (input[3] % groups != 0 || kernel[3] % groups != 0 || kernel[2] * groups != input[3])
        {
            throw new ShapeMismatchException(
                $"kernel {kernel} in {groups} group(s) expects [batch, h, w, {kernel[2] * groups}] and an output count divisible by {groups}, got {input}");
        }

        (Batch, InHeight, InWidth, InChannels) = (input[0], input[1], input[2], input[3]);
        (KernelHeight, KernelWidth, OutChannels, Groups) = (kernel[0], kernel[1], kernel[3], groups);
        (StrideH, StrideW) = strides;
        (DilationH, DilationW) = dilation;
        (OutHeight, PadTop, PadBottom) = WindowAxis.Place(InHeight, KernelHeight, StrideH, DilationH, padding, "convolution", input);
        (OutWidth, PadLeft, PadRight) = WindowAxis.Place(InWidth, KernelWidth, StrideW, DilationW, padding, "convolution", input);
    }

    /// <summary>Pictures in the batch.</summary>
    public int Batch { get; }

    /// <summary>Rows of the input.</summary>
    public int InHeight { get; }

    /// <summary>Columns of the input.</summary>
    public int InWidth { get; }

    /// <summary>Channels of the input, all groups together.</summary>
    public int InChannels { get; }

    /// <summary>Rows of the kernel.</summary>
    public int KernelHeight { get; }

    /// <summary>Columns of the kernel.</summary>
    public int KernelWidth { get; }

    /// <summary>Rows of the output.</summary>
    public int OutHeight { get; }

    /// <summary>Columns of the output.</summary>
    public int OutWidth { get; }

    /// <summary>Channels of the output, all groups together.</summary>
    public int OutChannels { get; }

    /// <summary>Rows between neighbouring windows.</summary>
    public int StrideH { get; }

    /// <summary>Columns between neighbouring windows.</summary>
    public int StrideW { get; }

    /// <summary>Rows between neighbouring kernel taps.</summary>
    public int DilationH { get; }

    /// <summary>Columns between neighbouring kernel taps.</summary>
    public int DilationW { get; }

    /// <summary>Zero rows above the picture.</summary>
    public int PadTop { get; }

    /// <summary>Zero rows below the picture.</summary>
    public int PadBottom { get; }

    /// <summary>Zero columns left of the picture.</summary>
    public int PadLeft { get; }

    /// <summary>Zero columns right of the picture.</summary>
    public int PadRight { get; }

    /// <summary>Independent channel groups.</summary>
    public int Groups { get; }

    /// <summary>Input channels of one group.</summary>
    public int GroupInChannels => InChannels / Groups;

    /// <summary>Output channels of one group.</summary>
    public int GroupOutChannels => OutChannels / Groups;

    /// <summary>[batch, height, width, channels] of the input.</summary>
    public Shape InputShape => new(Batch, InHeight, InWidth, InChannels);

    /// <summary>[batch, height, width, channels] of the output.</summary>
    public Shape OutputShape => new(Batch, OutHeight, OutWidth, OutChannels);
}
