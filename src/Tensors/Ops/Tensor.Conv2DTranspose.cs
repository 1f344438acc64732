namespace Numerics.Tensors;

/// <content>Two-dimensional transposed convolution.</content>
public sealed partial class Tensor
{
    /// <summary>
    /// The transposed convolution: what the gradient of a convolution is with respect to its input. With a stride it makes pictures
    /// larger.
    /// </summary>
    /// <param name="kernel">[kh, kw, out, in].</param>
    /// <param name="outputHeight">The rows of the result, from which a convolution of the same settings makes those of this tensor.</param>
    /// <param name="outputWidth">The columns of the result.</param>
    /// <param name="strides">Step down and across; (1, 1) when null.</param>
    /// <param name="padding">The convolution's padding.</param>
    /// <param name="dilation">Distance between kernel taps; (1, 1) when null.</param>
    /// <returns>[batch, output height, output width, out] for an input [batch, h, w, in].</returns>
    /// <exception cref="ShapeMismatchException">The shapes do not fit.</exception>
    public Tensor Conv2DTranspose(
        Tensor kernel, int outputHeight, int outputWidth, (int H, int W)? strides = null, Padding padding = Padding.Valid, (int H, int W)? dilation = null)
    {
        Backend backend = SameBackend(this, kernel);
        CheckFloat(this);
        CheckFloat(kernel);
        if (Rank != 4 || kernel.Rank != 4 || kernel.Shape[3] != Shape[3])
            throw new ShapeMismatchException($"a transposed convolution takes [batch, h, w, in] and a kernel [kh, kw, out, in], got {Shape} and {kernel.Shape}");
        Shape output = new(Shape[0], outputHeight, outputWidth, kernel.Shape[2]);
        var geometry = new Conv2DGeometry(output, kernel.Shape, strides ?? (1, 1), padding, dilation ?? (1, 1), 1);
        if (geometry.OutputShape != Shape)
            throw new ShapeMismatchException($"a convolution of {output} gives {geometry.OutputShape}, not {Shape}");
        Tensor y = Empty(backend, output);
        backend.Conv2DInputGradient(this, kernel, geometry, y);
        GradientTape.Record(y, [this, kernel], (dy, needed) =>
        {
            var inner = new Tensor?[2];
            if (needed[0])
                backend.Conv2D(dy, kernel, geometry, inner[0] = Empty(backend, Shape));
            if (needed[1])
                backend.Conv2DKernelGradient(dy, this, geometry, inner[1] = Empty(backend, kernel.Shape));
            return inner;
        });
        return y;
    }
}
