using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Makes pictures [batch, h, w, channels] larger by whole factors.</summary>
/// <param name="size">The factors down and across; 2 when null.</param>
/// <param name="interpolation">Where new pixels come from.</param>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class UpSampling2D(Size2D? size = null, SampleInterpolation interpolation = SampleInterpolation.Nearest, string? name = null) : Layer(name)
{
    /// <summary>The factors down and across.</summary>
    public Size2D Size { get; } = (size ?? 2).Positive(nameof(size));

    /// <summary>Where new pixels come from.</summary>
    public SampleInterpolation Interpolation { get; } = interpolation;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Windows.CheckPictures(inputShape);
        static int Grown(int extent, int by) => extent == Shape.Unknown ? extent : extent * by;
        return new Shape(inputShape[0], Grown(inputShape[1], Size.Height), Grown(inputShape[2], Size.Width), inputShape[3]);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Windows.CheckPictures(x.Shape);
        (int n, int h, int w, int c) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
        (int tall, int wide) = (h * Size.Height, w * Size.Width);
        if (Interpolation == SampleInterpolation.Nearest)
        {
            return x.Reshape(new Shape(n, h, 1, w, 1, c)).BroadcastTo(new Shape(n, h, Size.Height, w, Size.Width, c))
                .Reshape(new Shape(n, tall, wide, c));
        }

        Tensor rows = Weights(h, Size.Height, x.Backend).MatMul(x.Reshape(new Shape(n, h, w * c)));
        Tensor columns = Weights(w, Size.Width, x.Backend).MatMul(rows.Reshape(new Shape(n * tall, w, c)));
        return columns.Reshape(new Shape(n, tall, wide, c));
    }

    // Row i holds the shares of the old pixels in new pixel i, whose centre lies at (i + 0.5) / factor - 0.5.
    private static Tensor Weights(int extent, int factor, Backend backend)
    {
        var array = new NDArray((extent * factor, extent));
        Span<float> weights = array.AsSpan<float>();
        for (int i = 0; i < extent * factor; i++)
        {
            double at = ((i + 0.5) / factor) - 0.5;
            int low = (int)Math.Floor(at);
            float share = (float)(at - low);
            weights[(i * extent) + Math.Clamp(low, 0, extent - 1)] += 1 - share;
            weights[(i * extent) + Math.Clamp(low + 1, 0, extent - 1)] += share;
        }

        return Tensor.From(array, backend);
    }
}
