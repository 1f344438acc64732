namespace Numerics.Tensors;

/// <content>The fully connected op.</content>
public sealed partial class Tensor
{
    /// <summary>x·kernel + bias, then max(·, 0) if asked for, in one op.</summary>
    /// <param name="kernel">[in, out].</param>
    /// <param name="bias">[out].</param>
    /// <param name="relu">Whether to apply ReLU.</param>
    /// <returns>[rows, out] for an input [rows, in].</returns>
    public Tensor Dense(Tensor kernel, Tensor bias, bool relu = false)
    {
        Backend backend = SameBackend(this, kernel);
        _ = SameBackend(this, bias);
        CheckFloat(this);
        CheckRank(kernel, 2, "a kernel [in, out]");
        if (Rank != 2 || Shape[1] != kernel.Shape[0])
            throw new ShapeMismatchException($"Dense: expected input [batch, {kernel.Shape[0]}], got {Shape}");
        CheckShape(bias, kernel.Shape[1], "a bias");
        Tensor y = Empty(backend, new Shape(Shape[0], kernel.Shape[1]));
        backend.Dense(this, kernel, bias, relu, y);
        GradientTape.Record(y, [this, kernel, bias], (dy, needed) =>
        {
            Tensor g = relu ? ReluGradient(y, dy) : dy;
            Tensor? dx = needed[0] ? Product(backend, g, false, kernel, true) : null;
            Tensor? dkernel = needed[1] ? KernelGradient(backend, this, g) : null;
            return [dx, dkernel, needed[2] ? g.Sum(0) : null];
        });
        return y;
    }

    // A large one is left to whoever consumes it. An operand that may change before that is the exception.
    private static Tensor KernelGradient(Backend backend, Tensor x, Tensor dy)
    {
        const int LeastDeferred = 1 << 16;
        var shape = new Shape(x.Shape[1], dy.Shape[1]);
        return shape.Size < LeastDeferred || x.Buffer.IsVariable || dy.Buffer.IsVariable
            ? Product(backend, x, true, dy, false)
            : Deferred(backend, x, true, dy, false, shape);
    }

    private static Tensor ReluGradient(Tensor y, Tensor dy)
    {
        Tensor masked = Empty(y.Backend, y.Shape);
        y.Backend.UnaryGradient(UnaryKind.Relu, y, y, dy, masked);
        return masked;
    }
}
