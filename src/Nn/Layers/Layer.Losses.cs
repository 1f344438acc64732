using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>What a layer adds to the loss, and what its weights are held to.</content>
public abstract partial class Layer
{
    /// <summary>What is added to the loss for the output, divided by the batch's size as in Keras; null for nothing.</summary>
    public Regularizer? ActivityRegularizer { get; init; }

    /// <summary>
    /// What this layer and those inside add to the loss, scalars: what <see cref="AddLoss"/> was given during the last call on this thread, and
    /// the regularizers of the trainable weights as they are now. Empty when nothing is regularized.
    /// </summary>
    public IReadOnlyList<Tensor> Losses
    {
        get
        {
            var losses = new List<Tensor>();
            CollectLosses(losses);
            return losses;
        }
    }

    /// <summary>
    /// Adds a term to the loss of the model; for use in <see cref="Forward(Tensor, bool)"/>. It counts until the model is called again.
    /// </summary>
    /// <param name="loss">A scalar.</param>
    /// <exception cref="ShapeMismatchException">Not one number.</exception>
    protected void AddLoss(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Count != 1)
            throw new ShapeMismatchException($"a loss is one number, got {loss.Shape}; reduce it with Sum() or Mean()");
        ThreadLocal<List<Tensor>> added = LazyInitializer.EnsureInitialized(ref _addedLosses, () => new(() => [], trackAllValues: true));
        added.Value!.Add(loss.Keep());
    }

    /// <summary>Forgets the terms of the last call on this thread; those of a training on another one are none of its business.</summary>
    internal void ClearLosses()
    {
        if (_addedLosses is { IsValueCreated: true } added)
            Clear(added.Value!);
        foreach (Layer layer in _sublayers)
            layer.ClearLosses();
    }

    private static void Clear(List<Tensor> losses)
    {
        foreach (Tensor loss in losses)
            loss.Dispose();
        losses.Clear();
    }

    // Of every thread, at the end; layers inside do so when they are disposed.
    private void ForgetAddedLosses()
    {
        if (_addedLosses is null)
            return;
        foreach (List<Tensor> losses in _addedLosses.Values)
            Clear(losses);
        _addedLosses.Dispose();
        _addedLosses = null;
    }

    private void CollectLosses(List<Tensor> losses)
    {
        if (_addedLosses is { IsValueCreated: true } added)
            losses.AddRange(added.Value!);
        foreach (Weight weight in _weights)
        {
            if (weight.Regularizer is { } regularizer && weight.Variable.Trainable)
                losses.Add(regularizer.Call(weight.Variable));
        }

        foreach (Layer layer in _sublayers)
            layer.CollectLosses(losses);
    }
}
