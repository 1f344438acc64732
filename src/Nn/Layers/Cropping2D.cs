using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Cuts rows and columns off the edges of pictures [batch, h, w, channels].</summary>
public sealed class Cropping2D : Layer
{
    /// <summary>Creates the layer with as much cut off before as behind.</summary>
    /// <param name="cropping">Rows above and below, columns left and right; none when null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public Cropping2D(Size2D? cropping = null, string? name = null)
        : this(((cropping ?? 0).Height, (cropping ?? 0).Height), ((cropping ?? 0).Width, (cropping ?? 0).Width), name)
    {
    }

    /// <summary>Creates the layer.</summary>
    /// <param name="rows">Rows above and below, each at least 0.</param>
    /// <param name="columns">Columns left and right, each at least 0.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public Cropping2D((int Top, int Bottom) rows, (int Left, int Right) columns, string? name = null)
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
        int Left(int axis, long cut) => inputShape[axis] == Shape.Unknown
            ? Shape.Unknown
            : inputShape[axis] > cut ? inputShape[axis] - (int)cut : throw new ShapeMismatchException($"nothing is left of {inputShape}");
        return new Shape(inputShape[0], Left(1, (long)Rows.Top + Rows.Bottom), Left(2, (long)Columns.Left + Columns.Right), inputShape[3]);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Shape output = ComputeOutputShape(x.Shape);
        return x.Slice(1, Rows.Top, output[1]).Slice(2, Columns.Left, output[2]);
    }
}
