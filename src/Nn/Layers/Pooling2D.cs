using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A layer that slides a window over pictures [batch, h, w, channels] and keeps one value of each channel a stop.</summary>
public abstract class Pooling2D : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="poolSize">The window's height and width; 2 when null.</param>
    /// <param name="strides">Step down and across; the window's size when null.</param>
    /// <param name="padding">What happens at the edges.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    private protected Pooling2D(Size2D? poolSize, Size2D? strides, Padding padding, string? name)
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
}
