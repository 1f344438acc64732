using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Puts zeros around pictures [batch, h, w, channels].</summary>
public sealed class ZeroPadding2D : Layer
{
    /// <summary>Creates the layer with as many zeros before as behind.</summary>
    /// <param name="padding">Rows above and below, columns left and right; 1 when null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public ZeroPadding2D(Size2D? padding = null, string? name = null)
        : this(((padding ?? 1).Height, (padding ?? 1).Height), ((padding ?? 1).Width, (padding ?? 1).Width), name)
    {
    }

    /// <summary>Creates the layer.</summary>
    /// <param name="rows">Rows above and below, each at least 0.</param>
    /// <param name="columns">Columns left and right, each at least 0.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public ZeroPadding2D((int Top, int Bottom) rows, (int Left, int Right) columns, string? name = null)
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
        static int Grown(int extent, int by) => extent == Shape.Unknown ? extent : extent + by;
        int height = Grown(inputShape[1], Rows.Top + Rows.Bottom), width = Grown(inputShape[2], Columns.Left + Columns.Right);
        return new Shape(inputShape[0], height, width, inputShape[3]);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Windows.CheckPictures(x.Shape);
        return x.Pad(1, Rows.Top, Rows.Bottom).Pad(2, Columns.Left, Columns.Right);
    }
}
