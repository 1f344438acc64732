using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>What forward and backward pass of a step give.</summary>
/// <param name="Predictions">The model's outputs.</param>
/// <param name="Loss">The loss.</param>
/// <param name="OutputLosses">The loss of each output where they are reported, else null.</param>
/// <param name="Gradients">The gradients of the trainable weights.</param>
internal sealed record StepResults(
    IReadOnlyList<Tensor> Predictions, Tensor Loss, IReadOnlyList<Tensor?> OutputLosses, IReadOnlyList<Tensor> Gradients) : IDisposable
{
    private IEnumerable<Tensor> All => [.. Predictions, Loss, .. OutputLosses.OfType<Tensor>(), .. Gradients];

    /// <summary>The same, out of all scopes.</summary>
    public StepResults Kept()
    {
        foreach (Tensor tensor in All)
            _ = tensor.KeepPending();
        return this;
    }

    public void Dispose()
    {
        foreach (Tensor tensor in All)
            tensor.Dispose();
    }
}
