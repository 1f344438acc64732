namespace Numerics.Tensors;

/// <content>Where probabilities came from: a loss may start from there, where nothing has been rounded to 0 or 1 yet.</content>
public sealed partial class Tensor
{
    private Tensor? _logits;
    private bool _isSoftmax;

    /// <summary>
    /// The tensor whose <see cref="Softmax"/> over the last axis this is, as long as it has not been disposed; else null. It
    /// follows this tensor when a <see cref="TensorScope"/> returns it.
    /// </summary>
    public Tensor? SoftmaxLogits => _isSoftmax ? Logits : null;

    /// <summary>
    /// The tensor whose <see cref="Sigmoid"/> this is, as long as it has not been disposed; else null. It follows this tensor when
    /// a <see cref="TensorScope"/> returns it.
    /// </summary>
    public Tensor? SigmoidLogits => _isSoftmax ? null : Logits;

    internal Tensor? Logits => _logits is { IsDisposed: false } logits ? logits : null;

    private Tensor From(Tensor logits, bool isSoftmax)
    {
        (_logits, _isSoftmax) = (logits, isSoftmax);
        return this;
    }
}
