using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The maximum over windows of pictures [batch, h, w, channels].</summary>
/// <param name="poolSize">The window's height and width; 2 when null.</param>
/// <param name="strides">Step down and across; the window's size when null.</param>
/// <param name="padding">What happens at the edges.</param>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class MaxPooling2D(Size2D? poolSize = null, Size2D? strides = null, Padding padding = Padding.Valid, string? name = null)
    : Pooling2D(poolSize, strides, padding, name)
{
    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.MaxPool2D(PoolSize, Strides, Padding);
    }
}
