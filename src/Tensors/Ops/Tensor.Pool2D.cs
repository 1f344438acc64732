namespace Numerics.Tensors;

/// <content>Pooling over windows of a picture.</content>
public sealed partial class Tensor
{
    /// <summary>The maximum over each window; on a tie the first in row-major order takes the gradient.</summary>
    /// <param name="poolSize">Rows and columns of the window.</param>
    /// <param name="strides">Step down and across; the window's size when null.</param>
    /// <param name="padding">What happens at the edges; padding never wins.</param>
    /// <returns>[batch, out h, out w, channels] for an input [batch, h, w, channels].</returns>
    /// <exception cref="ShapeMismatchException">The input is not a batch of pictures, or smaller than the window.</exception>
    public Tensor MaxPool2D((int H, int W) poolSize, (int H, int W)? strides = null, Padding padding = Padding.Valid)
    {
        CheckFloat(this);
        var geometry = new Pool2DGeometry(Shape, poolSize, strides ?? poolSize, padding);
        Tensor y = Empty(Backend, geometry.OutputShape), argMax = Empty(Backend, geometry.OutputShape, geometry.ArgMaxType);
        Backend.MaxPool2D(this, geometry, y, argMax);
        GradientTape.Record(y, [this], [argMax], (dy, _) =>
        {
            Tensor dx = EmptyLike(this);
            Backend.MaxPool2DGradient(dy, argMax, geometry, dx);
            return [dx];
        });
        return y;
    }

    /// <summary>The mean over the part of each window that lies inside the picture.</summary>
    /// <inheritdoc cref="MaxPool2D"/>
    public Tensor AveragePool2D((int H, int W) poolSize, (int H, int W)? strides = null, Padding padding = Padding.Valid)
    {
        CheckFloat(this);
        var geometry = new Pool2DGeometry(Shape, poolSize, strides ?? poolSize, padding);
        Tensor y = Empty(Backend, geometry.OutputShape);
        Backend.AveragePool2D(this, geometry, y);
        GradientTape.Record(y, [this], (dy, _) =>
        {
            Tensor dx = EmptyLike(this);
            Backend.AveragePool2DGradient(dy, geometry, dx);
            return [dx];
        });
        return y;
    }
}
