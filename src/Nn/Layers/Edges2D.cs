using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A layer that moves the edges of pictures [batch, h, w, channels], outwards or inwards.</summary>
public abstract class Edges2D : Layer
{
    private protected Edges2D(Size2D both, string? name)
        : this((both.Height, both.Height), (both.Width, both.Width), name)
    {
    }

    private protected Edges2D((int Top, int Bottom) rows, (int Left, int Right) columns, string? name)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Math.Min(rows.Top, rows.Bottom), nameof(rows));
        ArgumentOutOfRangeException.ThrowIfNegative(Math.Min(columns.Left, columns.Right), nameof(columns));
        (Rows, Columns) = (rows, columns);
    }

    /// <summary>Rows above and below.</summary>
    public (int Top, int Bottom) Rows { get; }

    /// <summary>Columns left and right.</summary>
    public (int Left, int Right) Columns { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Windows.CheckPictures(inputShape);
        int Moved(int axis, long by) => inputShape[axis] == Shape.Unknown ? Shape.Unknown : Extent(inputShape, axis, by);
        return new Shape(inputShape[0], Moved(1, (long)Rows.Top + Rows.Bottom), Moved(2, (long)Columns.Left + Columns.Right), inputShape[3]);
    }

    /// <summary>A known extent of the output.</summary>
    /// <param name="inputShape">The input's shape.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="by">How far both edges move together.</param>
    private protected abstract int Extent(Shape inputShape, int axis, long by);
}
