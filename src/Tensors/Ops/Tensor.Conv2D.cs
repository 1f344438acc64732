using System.Runtime.CompilerServices;

namespace Numerics.Tensors;

/// <content>Two-dimensional convolution.</content>
public sealed partial class Tensor
{
    /// <summary>
    /// The convolution of pictures with a kernel, plus a bias and ReLU if asked for. Pictures may be bytes, which count as what
    /// <see cref="Cast"/> makes of them; the backend reads them as they are or, where it cannot, they are cast first.
    /// </summary>
    /// <param name="kernel">[kh, kw, in / groups, out].</param>
    /// <param name="bias">[out], or null for none.</param>
    /// <param name="strides">Step down and across; (1, 1) when null.</param>
    /// <param name="padding">What happens at the edges.</param>
    /// <param name="dilation">Distance between kernel taps; (1, 1) when null.</param>
    /// <param name="groups">The number of independent channel groups.</param>
    /// <param name="relu">Whether to apply ReLU.</param>
    /// <returns>[batch, out h, out w, out] for an input [batch, h, w, in].</returns>
    /// <exception cref="ShapeMismatchException">The shapes do not fit.</exception>
    public Tensor Conv2D(
        Tensor kernel, Tensor? bias = null, (int H, int W)? strides = null, Padding padding = Padding.Valid, (int H, int W)? dilation = null, int groups = 1, bool relu = false)
    {
        Backend backend = SameBackend(this, kernel);
        CheckPictures(this);
        CheckFloat(kernel);
        var geometry = new Conv2DGeometry(Shape, kernel.Shape, strides ?? (1, 1), padding, dilation ?? (1, 1), groups);
        Tensor x = ForConvolution(geometry), y = Empty(backend, geometry.OutputShape);
        if (bias is null)
        {
            backend.Conv2D(x, kernel, geometry, y);
            if (relu)
                backend.Unary(UnaryKind.Relu, y, y);
        }
        else
        {
            _ = SameBackend(this, bias);
            CheckShape(bias, geometry.OutChannels, "a bias");
            backend.Conv2DBias(x, kernel, bias, geometry, relu, y);
        }

        Tensor[] inputs = bias is null ? [x, kernel] : [x, kernel, bias];
        GradientTape.Record(y, inputs, (dy, needed) =>
        {
            Tensor g = relu ? ReluGradient(y, dy) : dy;
            var inner = new Tensor?[inputs.Length];
            if (needed[0])
                backend.Conv2DInputGradient(g, kernel, geometry, inner[0] = Empty(backend, Shape));
            if (needed[1])
                backend.Conv2DKernelGradient(x, g, geometry, inner[1] = Empty(backend, kernel.Shape));
            if (needed.Length > 2 && needed[2])
                inner[2] = g.Sum([0, 1, 2]);
            return inner;
        });
        return y;
    }

    /// <summary>maxpool(relu(conv(x) + bias)) in one op, which keeps only the pooled output. Pictures may be bytes here, too.</summary>
    /// <param name="kernel">[kh, kw, in / groups, out].</param>
    /// <param name="bias">[out].</param>
    /// <param name="strides">The convolution's step down and across.</param>
    /// <param name="padding">The convolution's padding.</param>
    /// <param name="dilation">Distance between kernel taps.</param>
    /// <param name="groups">The number of independent channel groups.</param>
    /// <param name="poolSize">Rows and columns of the pooling window.</param>
    /// <param name="poolStrides">The pooling's step down and across.</param>
    /// <param name="poolPadding">The pooling's padding.</param>
    /// <returns>[batch, pooled h, pooled w, out] for an input [batch, h, w, in].</returns>
    /// <exception cref="ShapeMismatchException">The shapes do not fit.</exception>
    public Tensor Conv2DReluMaxPool(
        Tensor kernel,
        Tensor bias,
        (int H, int W) strides,
        Padding padding,
        (int H, int W) dilation,
        int groups,
        (int H, int W) poolSize,
        (int H, int W) poolStrides,
        Padding poolPadding)
    {
        Backend backend = SameBackend(this, kernel);
        _ = SameBackend(this, bias);
        CheckPictures(this);
        CheckFloat(kernel);
        var conv = new Conv2DGeometry(Shape, kernel.Shape, strides, padding, dilation, groups);
        CheckShape(bias, conv.OutChannels, "a bias");
        var pool = new Pool2DGeometry(conv.OutputShape, poolSize, poolStrides, poolPadding);
        Tensor x = ForConvolution(conv), y = Empty(backend, pool.OutputShape), argMax = Empty(backend, pool.OutputShape, pool.ArgMaxType);
        backend.Conv2DBiasReluMaxPool(x, kernel, bias, conv, pool, y, argMax);
        GradientTape.Record(y, [x, kernel, bias], [argMax], (dy, needed) =>
        {
            Tensor? dx = needed[0] ? Empty(backend, Shape) : null;
            Tensor dkernel = Empty(backend, kernel.Shape), dbias = Empty(backend, bias.Shape);
            backend.Conv2DBiasReluMaxPoolGradient(x, kernel, y, argMax, dy, conv, pool, dx, dkernel, dbias);
            return [dx, dkernel, dbias];
        });
        return y;
    }

    // What the backend's convolution reads. A cast made here is what the gradient reads as well.
    private Tensor ForConvolution(in Conv2DGeometry geometry) =>
        DType == DType.Float32 || Backend.ConvolvesBytes(geometry) ? this : Cast(DType.Float32);

    private static void CheckPictures(Tensor x, [CallerMemberName] string op = "")
    {
        if (x.DType == DType.Int32)
            throw new ArgumentException($"{op}: expected {DType.Float32} or bytes, got {x.DType} {x.Shape}; convert it with Cast()");
    }
}
