namespace Numerics.Backends.Cpu;

/// <summary>
/// The columns of output that read beyond the left or the right edge of the picture. What they read is copied, padded, for some rows at a
/// time: two narrow strips side by side, of a few columns each. All other columns read the picture where it lies.
/// </summary>
internal readonly unsafe struct ConvEdges
{
    private readonly int _columnStep;
    private readonly int _leftWidth;
    private readonly int _rightWidth;

    public ConvEdges(in ConvWork conv)
    {
        _columnStep = conv.ColumnStep;
        if (conv.Segments == 0)
        {
            End = conv.OutWidth;
            return;
        }

        (First, End) = PaddedAxis.Inside(-conv.X.Left, conv.ColumnStep, conv.X.Width - conv.TapWidth + 1, conv.OutWidth);
        if (First >= End)
            First = End = conv.OutWidth;
        _leftWidth = Width(First, conv);
        _rightWidth = Width(conv.OutWidth - End, conv);
    }

    /// <summary>The first column that is inside.</summary>
    public int First { get; }

    /// <summary>The column after the last one inside.</summary>
    public int End { get; }

    /// <summary>Columns of input in a row of the copy; 0 where none is needed.</summary>
    public int Columns => _leftWidth + _rightWidth;

    /// <summary>Copies what the edges of some rows of output read.</summary>
    /// <param name="x">The pictures.</param>
    /// <param name="image">Which one.</param>
    /// <param name="first">The first row of input, counted with the padding.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="target">Receives them.</param>
    public void Copy(in PaddedImages x, int image, int first, int count, float* target)
    {
        nint stride = (nint)Columns * x.Channels;
        x.CopyPart(image, first, count, 0, _leftWidth, target, stride);
        x.CopyPart(image, first, count, End * _columnStep, _rightWidth, target + ((nint)_leftWidth * x.Channels), stride);
    }

    /// <summary>Which column of the copy a column of output at an edge reads first.</summary>
    public int Place(int column) => column < First ? column * _columnStep : _leftWidth + ((column - End) * _columnStep);

    /// <summary>Writes where taps read in the copy, from where they read in the picture.</summary>
    public void PlaceTaps(in ConvWork conv)
    {
        nint longer = ((nint)Columns * conv.X.Channels) - conv.X.SourceRowStride;
        for (int i = 0; i < conv.Segments; i++)
            conv.EdgeOffsets[i] = conv.Offsets[i] + ((nint)i * conv.TapRows / conv.Segments * conv.TapRowStep * longer);
    }

    private static int Width(int columns, in ConvWork conv) => columns == 0 ? 0 : ((columns - 1) * conv.ColumnStep) + conv.TapWidth;
}
