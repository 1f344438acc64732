using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The mean over windows of pictures [batch, h, w, channels]; padding does not count.</summary>
public sealed class AveragePooling2D : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="poolSize">The window's height and width; 2 when null.</param>
    /// <param name="strides">Step down and across; the window's size when null.</param>
    /// <param name="padding">What happens at the edges.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public AveragePooling2D(Size2D? poolSize = null, Size2D? strides = null, Padding padding = Padding.Valid, string? name = null)
        : base(name)
    {
        PoolSize = (poolSize ?? 2).Positive(nameof(poolSize));
        Strides = (strides ?? PoolSize).Positive(nameof(strides));
        Padding = padding;
    }

    /// <summary>The window's height and width.</summary>
    public Size2D PoolSize { get; }

    /// <summary>Step down and across.</summary>
    public Size2D Strides { get; }

    /// <summary>What happens at the edges.</summary>
    public Padding Padding { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return Windows.OutputShape(inputShape, PoolSize, Strides, 1, Padding, inputShape.Rank == 4 ? inputShape[3] : 0);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.AveragePool2D(PoolSize, Strides, Padding);
    }
}
