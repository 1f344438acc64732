namespace Numerics.Tensors;

/// <content>The primitive ops: the smallest set that a new backend writes.</content>
public abstract partial class Backend
{
    /// <summary>Sets every element.</summary>
    public abstract void Fill(float value, Tensor y);

    /// <summary>Converts between element types; <see cref="DType.UNorm8"/> becomes [0, 1] floats and back (rounded, saturated).</summary>
    /// <param name="x">Any type.</param>
    /// <param name="y">The same shape, another type. Float to integer rounds toward zero and saturates.</param>
    public abstract void Cast(Tensor x, Tensor y);

    /// <summary>y = f(x), element by element. y may be x.</summary>
    public abstract void Unary(UnaryOp op, Tensor x, Tensor y);

    /// <summary>dx = f'(x)·dy, element by element.</summary>
    /// <param name="op">The function.</param>
    /// <param name="x">Its argument; for Relu, Sigmoid, Tanh and Exp callers may pass y again, these read y only.</param>
    /// <param name="y">Its value.</param>
    /// <param name="dy">The gradient of its value.</param>
    /// <param name="dx">Receives the gradient of its argument. May be dy.</param>
    public abstract void UnaryGradient(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx);

    /// <summary>y = f(a, b), element by element, with broadcasting (see <see cref="BroadcastPlan"/>). y may be an operand of its own shape.</summary>
    public abstract void Binary(BinaryOp op, Tensor a, Tensor b, Tensor y);

    /// <summary>y = a where the condition is not 0, else b. All four have one shape.</summary>
    public abstract void Select(Tensor condition, Tensor a, Tensor b, Tensor y);

    /// <summary>Repeats x over y's shape, to which it broadcasts.</summary>
    public abstract void Broadcast(Tensor x, Tensor y);

    /// <summary>Reduces the middle axis.</summary>
    /// <param name="op">How.</param>
    /// <param name="x">[outer, n, inner].</param>
    /// <param name="y">[outer, inner].</param>
    public abstract void Reduce(ReduceOp op, Tensor x, Tensor y);

    /// <summary>The position of the greatest element along the middle axis, the first of equals.</summary>
    /// <param name="x">[outer, n, inner], n at least 1.</param>
    /// <param name="y">Int32 [outer, inner].</param>
    public abstract void ArgMax(Tensor x, Tensor y);

    /// <summary>y = op(a)·op(b), where op transposes the last two axes if asked to.</summary>
    /// <param name="a">[m, k] or [batch, m, k]; [.., k, m] when transposed.</param>
    /// <param name="transposeA">Whether a is transposed.</param>
    /// <param name="b">[k, n] or [batch, k, n], of the same rank as a; [.., n, k] when transposed.</param>
    /// <param name="transposeB">Whether b is transposed.</param>
    /// <param name="y">[m, n] or [batch, m, n].</param>
    public abstract void MatMul(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor y);

    /// <summary>Reorders the axes: axis i of y is axis permutation[i] of x. Any element type.</summary>
    public abstract void Transpose(Tensor x, ReadOnlySpan<int> permutation, Tensor y);

    /// <summary>y[o, i, :] = x[o, indices[i], :]. Any element type; indices are checked on the device where that is cheap, else clamped.</summary>
    /// <param name="x">[outer, n, inner].</param>
    /// <param name="indices">Int32 [k], each in 0..n-1.</param>
    /// <param name="y">[outer, k, inner].</param>
    public abstract void Gather(Tensor x, Tensor indices, Tensor y);

    /// <summary>dx[o, indices[i], :] += dy[o, i, :], in the order of i.</summary>
    /// <param name="dy">[outer, k, inner].</param>
    /// <param name="indices">Int32 [k].</param>
    /// <param name="dx">[outer, n, inner]; added to.</param>
    public abstract void ScatterAdd(Tensor dy, Tensor indices, Tensor dx);

    /// <summary>y[o, i, :] = x[o, start + i, :]. Any element type.</summary>
    /// <param name="x">[outer, n, inner].</param>
    /// <param name="start">The first position taken.</param>
    /// <param name="y">[outer, k, inner].</param>
    public abstract void Slice(Tensor x, int start, Tensor y);

    /// <summary>y[o, start + i, :] = x[o, i, :]; the rest of y stays. Any element type.</summary>
    /// <param name="x">[outer, k, inner].</param>
    /// <param name="start">The first position written.</param>
    /// <param name="y">[outer, n, inner].</param>
    public abstract void InsertSlice(Tensor x, int start, Tensor y);

    /// <summary>Row i is zero but for a one at column indices[i]; a row whose index is out of range stays zero.</summary>
    /// <param name="indices">Int32 [n].</param>
    /// <param name="y">[n, depth].</param>
    public abstract void OneHot(Tensor indices, Tensor y);

    /// <summary>Softmax over each row, with the row's maximum subtracted first.</summary>
    /// <param name="x">[rows, n].</param>
    /// <param name="y">[rows, n].</param>
    public abstract void Softmax(Tensor x, Tensor y);

    /// <summary>dx = y·(dy - Σ dy·y) for each row.</summary>
    public abstract void SoftmaxGradient(Tensor y, Tensor dy, Tensor dx);

    /// <summary>Log-softmax over each row, with the row's maximum subtracted first.</summary>
    /// <param name="x">[rows, n].</param>
    /// <param name="y">[rows, n].</param>
    public abstract void LogSoftmax(Tensor x, Tensor y);

    /// <summary>dx = dy - e^y·Σ dy for each row.</summary>
    public abstract void LogSoftmaxGradient(Tensor y, Tensor dy, Tensor dx);

    /// <summary>
    /// Whether convolutions of a geometry, forward and for their kernel's gradient, pooled or not, read pictures of bytes
    /// (<see cref="DType.UNorm8"/>, <see cref="DType.UInt8"/>) as they are, with the very results that <see cref="Cast"/> to Float32 before
    /// would give. Where not, <see cref="Tensor"/>'s methods cast, and no convolution of the backend sees bytes.
    /// </summary>
    /// <param name="geometry">Strides, padding, dilation, groups.</param>
    public virtual bool ConvolvesBytes(in Conv2DGeometry geometry) => false;

    /// <summary>The convolution (cross-correlation, as in deep learning) of pictures with a kernel.</summary>
    /// <param name="x">[batch, h, w, in]; bytes where <see cref="ConvolvesBytes"/>.</param>
    /// <param name="kernel">[kh, kw, in / groups, out].</param>
    /// <param name="geometry">Strides, padding, dilation, groups.</param>
    /// <param name="y">[batch, out h, out w, out].</param>
    public abstract void Conv2D(Tensor x, Tensor kernel, in Conv2DGeometry geometry, Tensor y);

    /// <summary>The gradient of <see cref="Conv2D"/> with respect to its input.</summary>
    public abstract void Conv2DInputGradient(Tensor dy, Tensor kernel, in Conv2DGeometry geometry, Tensor dx);

    /// <summary>The gradient of <see cref="Conv2D"/> with respect to its kernel.</summary>
    /// <param name="x">The op's input; bytes where <see cref="ConvolvesBytes"/>.</param>
    /// <param name="dy">The gradient of its output.</param>
    /// <param name="geometry">Strides, padding, dilation, groups.</param>
    /// <param name="dkernel">Receives the gradient of the kernel.</param>
    public abstract void Conv2DKernelGradient(Tensor x, Tensor dy, in Conv2DGeometry geometry, Tensor dkernel);

    /// <summary>The maximum over each window, and where in the window it was: the first of equals in row-major order.</summary>
    /// <param name="x">[batch, h, w, c].</param>
    /// <param name="geometry">Window, strides, padding.</param>
    /// <param name="y">[batch, out h, out w, c].</param>
    /// <param name="argMax">Row · PoolWidth + column within the window, of type <see cref="Pool2DGeometry.ArgMaxType"/>, shaped as y.</param>
    public abstract void MaxPool2D(Tensor x, in Pool2DGeometry geometry, Tensor y, Tensor argMax);

    /// <summary>The gradient of <see cref="MaxPool2D"/>: each output's gradient goes to the position that won.</summary>
    public abstract void MaxPool2DGradient(Tensor dy, Tensor argMax, in Pool2DGeometry geometry, Tensor dx);

    /// <summary>The mean over the part of each window that lies inside the picture.</summary>
    public abstract void AveragePool2D(Tensor x, in Pool2DGeometry geometry, Tensor y);

    /// <summary>The gradient of <see cref="AveragePool2D"/>.</summary>
    public abstract void AveragePool2DGradient(Tensor dy, in Pool2DGeometry geometry, Tensor dx);

    /// <summary>minimum + (maximum - minimum)·u with u from <see cref="Philox.FillUniform"/>.</summary>
    public abstract void RandomUniform(RandomKey key, float minimum, float maximum, Tensor y);

    /// <summary>mean + standardDeviation·n with n from <see cref="Philox.FillNormal"/>.</summary>
    public abstract void RandomNormal(RandomKey key, float mean, float standardDeviation, Tensor y);

    /// <summary>
    /// y = x / (1 - rate) where element i of the stream (<see cref="Philox.FillUniform"/>) is at least rate, else 0. The same
    /// call with the same key on a gradient is the op's own gradient. y may be x.
    /// </summary>
    public abstract void Dropout(Tensor x, float rate, RandomKey key, Tensor y);
}
