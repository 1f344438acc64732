using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>
/// States that a call in training changes, such as the moving averages of batch normalisation: each part starts from those before
/// the step, and the step leaves the means over the parts that have rows.
/// </summary>
internal sealed class StateExchange : IDisposable
{
    private readonly IReadOnlyList<Variable> _states;
    private readonly Tensor[] _before;
    private readonly GradientExchange? _exchange;
    private readonly int _filled;
    private int _left;

    /// <param name="group">The processes.</param>
    /// <param name="options">How gradients are exchanged; states are never compressed.</param>
    /// <param name="model">The model.</param>
    /// <param name="parts">The parts of the batch.</param>
    /// <param name="ownParts">How many of them this process has.</param>
    public StateExchange(ProcessGroup group, DataParallelOptions options, Model model, BatchParts parts, int ownParts)
    {
        _states = group.Size * ownParts == 1 ? [] : model.ChangingStates();
        _before = [.. _states.Select(state => Copy(state.Value))];
        (_filled, _left) = (parts.Filled, ownParts);
        if (_states.Count > 0)
            _exchange = new GradientExchange(group, options with { Compression = Compression.None, Overlap = false }, _states, null, ownParts);
    }

    /// <summary>Takes up the states after a part.</summary>
    /// <param name="counts">Whether the part has rows.</param>
    public void EndPart(bool counts)
    {
        if (_exchange is null)
            return;
        using var scope = new TensorScope();
        for (int i = 0; i < _states.Count; i++)
            _exchange.Add(i, counts ? _states[i].Value : Tensor.Zeros(_states[i].Shape, _states[i].Value.Backend));
        if (--_left == 0)
            return;
        _exchange.EndPart();
        for (int i = 0; i < _states.Count; i++)
            _states[i].Assign(_before[i]);
    }

    /// <summary>Begins to send them.</summary>
    public void Send() => _exchange?.SendAll();

    /// <summary>Sets the states to the means.</summary>
    public void Finish()
    {
        if (_exchange is null)
            return;
        Tensor[] sums = _exchange.Finish();
        for (int i = 0; i < sums.Length; i++)
            _states[i].Assign(GradientTape.StopRecording(() => sums[i] / _filled));
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _before)
            tensor.Dispose();
        _exchange?.Dispose();
    }

    private static Tensor Copy(Tensor tensor)
    {
        Tensor copy = Tensor.Empty(tensor.Backend, tensor.Shape).Keep();
        tensor.Backend.Copy(tensor, copy);
        return copy;
    }
}
