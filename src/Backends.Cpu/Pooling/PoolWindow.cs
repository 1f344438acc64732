using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>The part of one pooling window that lies inside the picture, as offsets within the window.</summary>
internal readonly struct PoolWindow
{
    /// <summary>The window of output pixel (row, column).</summary>
    public PoolWindow(in Pool2DGeometry g, int row, int column)
    {
        Top = (row * g.StrideH) - g.PadTop;
        Left = (column * g.StrideW) - g.PadLeft;
        FirstRow = Math.Max(-Top, 0);
        EndRow = Math.Min(g.InHeight - Top, g.PoolHeight);
        FirstColumn = Math.Max(-Left, 0);
        EndColumn = Math.Min(g.InWidth - Left, g.PoolWidth);
    }

    /// <summary>The picture's row under the window's row 0; may lie outside.</summary>
    public int Top { get; }

    /// <summary>The picture's column under the window's column 0; may lie outside.</summary>
    public int Left { get; }

    /// <summary>The first row inside.</summary>
    public int FirstRow { get; }

    /// <summary>The first row after the inside.</summary>
    public int EndRow { get; }

    /// <summary>The first column inside.</summary>
    public int FirstColumn { get; }

    /// <summary>The first column after the inside.</summary>
    public int EndColumn { get; }

    /// <summary>Rows inside.</summary>
    public int Rows => EndRow - FirstRow;

    /// <summary>Columns inside.</summary>
    public int Columns => EndColumn - FirstColumn;

    /// <summary>Positions inside.</summary>
    public int Count => Rows * Columns;
}
