using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Cuts rows and columns off the edges of pictures [batch, h, w, channels].</summary>
public sealed class Cropping2D : Edges2D
{
    /// <summary>Creates the layer with as much cut off before as behind.</summary>
    /// <param name="cropping">Rows above and below, columns left and right; none when null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public Cropping2D(Size2D? cropping = null, string? name = null)
        : base(cropping ?? 0, name)
    {
    }

    /// <summary>Creates the layer.</summary>
    /// <param name="rows">Rows above and below, each at least 0.</param>
    /// <param name="columns">Columns left and right, each at least 0.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public Cropping2D((int Top, int Bottom) rows, (int Left, int Right) columns, string? name = null)
        : base(rows, columns, name)
    {
    }

    private protected override int Extent(Shape inputShape, int axis, long by) => inputShape[axis] > by
        ? inputShape[axis] - (int)by
        : throw new ShapeMismatchException($"nothing is left of {inputShape}");

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Shape output = ComputeOutputShape(x.Shape);
        return x.Slice(1, Rows.Top, output[1]).Slice(2, Columns.Left, output[2]);
    }
}
