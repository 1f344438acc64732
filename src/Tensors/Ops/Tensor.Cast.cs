namespace Numerics.Tensors;

/// <content>Conversion between element types.</content>
public sealed partial class Tensor
{
    /// <summary>
    /// The values in another element type. Floats become integers by rounding toward zero, and <see cref="DType.UNorm8"/>,
    /// which stands for [0, 1], by rounding the float32 product 255·x to the nearest byte, ties to even; both saturate at the
    /// ends, and NaN becomes 0. Not differentiable.
    /// </summary>
    public Tensor Cast(DType dtype)
    {
        if (dtype == DType)
            return Share(Shape);
        Tensor y = Empty(Backend, Shape, dtype);
        Backend.Cast(this, y);
        return y;
    }
}
