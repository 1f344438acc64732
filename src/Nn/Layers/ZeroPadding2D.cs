using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Puts zeros around pictures [batch, h, w, channels].</summary>
public sealed class ZeroPadding2D : Edges2D
{
    /// <summary>Creates the layer with as many zeros before as behind.</summary>
    /// <param name="padding">Rows above and below, columns left and right; 1 when null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public ZeroPadding2D(Size2D? padding = null, string? name = null)
        : base(padding ?? 1, name)
    {
    }

    /// <summary>Creates the layer.</summary>
    /// <param name="rows">Rows above and below, each at least 0.</param>
    /// <param name="columns">Columns left and right, each at least 0.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public ZeroPadding2D((int Top, int Bottom) rows, (int Left, int Right) columns, string? name = null)
        : base(rows, columns, name)
    {
    }

    private protected override int Extent(Shape inputShape, int axis, long by) => checked((int)(inputShape[axis] + by));

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Windows.CheckPictures(x.Shape);
        return x.Pad(1, Rows.Top, Rows.Bottom).Pad(2, Columns.Left, Columns.Right);
    }
}
