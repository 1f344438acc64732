namespace Numerics.Tensors;

/// <content>Conversion between element types.</content>
public sealed partial class Tensor
{
    /// <summary>
    /// The values in another element type. <see cref="DType.UNorm8"/> stands for [0, 1]; floats become integers by rounding
    /// toward zero, saturating at the ends. Not differentiable.
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
