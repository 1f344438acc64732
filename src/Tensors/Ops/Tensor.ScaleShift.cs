namespace Numerics.Tensors;

/// <content>A factor and an offset for each channel.</content>
public sealed partial class Tensor
{
    /// <summary>x·scale + shift for each channel, the last axis, then max(·, 0) if asked for, in one op.</summary>
    /// <param name="scale">[channels].</param>
    /// <param name="shift">[channels].</param>
    /// <param name="relu">Whether to apply ReLU.</param>
    /// <returns>A tensor of this one's shape.</returns>
    /// <exception cref="ShapeMismatchException">The shapes do not fit.</exception>
    public Tensor ScaleShift(Tensor scale, Tensor shift, bool relu = false)
    {
        Backend backend = SameBackend(this, scale);
        _ = SameBackend(this, shift);
        CheckFloat(this);
        if (Rank == 0)
            throw new ShapeMismatchException("ScaleShift: expected [.., channels], got a scalar");
        int channels = Shape[-1];
        CheckShape(scale, channels, "a scale");
        CheckShape(shift, channels, "a shift");
        Shape rows = new(channels == 0 ? 0 : Count / channels, channels);
        Tensor y = Empty(backend, Shape);
        backend.ScaleShift(View(rows), scale, shift, relu, y.View(rows));
        GradientTape.Record(y, [this, scale, shift], (dy, needed) =>
        {
            Tensor g = (relu ? ReluGradient(y, dy) : dy).View(rows);
            return [
                needed[0] ? (g * scale).View(Shape) : null,
                needed[1] ? (g * View(rows)).Sum(0) : null,
                needed[2] ? g.Sum(0) : null];
        });
        return y;
    }
}
