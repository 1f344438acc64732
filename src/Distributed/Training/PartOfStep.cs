using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>A part of a batch on its way through the model and back. Disposing it ends its tape.</summary>
internal sealed class PartOfStep : IDisposable
{
    private readonly GradientTape _tape;
    private readonly Tensor? _added;

    private PartOfStep(GradientTape tape, Tensor output, Tensor? added, bool isEmpty)
    {
        (_tape, Output, _added, IsEmpty) = (tape, output, added, isEmpty);
        Logits = output.SoftmaxLogits ?? output.SigmoidLogits ?? output;
        AddedLoss = added?.Item() ?? 0;
    }

    /// <summary>The model's output.</summary>
    public Tensor Output { get; }

    /// <summary>What the output is the softmax or sigmoid of, or the output itself.</summary>
    public Tensor Logits { get; }

    /// <summary>Whether layers add to the loss.</summary>
    public bool AddsLoss => _added is not null;

    /// <summary>What layers add to the loss.</summary>
    public float AddedLoss { get; }

    /// <summary>Whether the part has no rows; one of zeros then stands in, which counts for nothing.</summary>
    public bool IsEmpty { get; }

    /// <summary>Runs the model over some rows.</summary>
    public static PartOfStep Run(Model model, Tensor x, int first, int count)
    {
        var tape = new GradientTape();
        try
        {
            Tensor rows = count == 0 ? StandIn(x) : TensorRows.Of(x, first, count);
            Tensor output = model.Call(rows, training: true);
            Tensor? added = null;
            foreach (Tensor loss in model.Losses)
                added = added is null ? loss * 1f : added + loss;
            return new PartOfStep(tape, output, added, count == 0);
        }
        catch
        {
            tape.Dispose();
            throw;
        }
    }

    /// <summary>A row of zeros like those of an input without rows.</summary>
    public static Tensor StandIn(Tensor x)
    {
        var zeros = new NDArray(x.Shape.With(0, 1), x.DType);
        return Tensor.From(zeros, x.Backend);
    }

    /// <summary>The gradient of the whole batch's loss through these rows.</summary>
    /// <param name="outer">The gradient of the loss with respect to <see cref="Logits"/>.</param>
    /// <param name="variables">With respect to what.</param>
    /// <param name="addedShare">What layers add to the loss, as it counts here.</param>
    /// <param name="ready">Told of each gradient.</param>
    public Tensor[] Gradient(Tensor outer, IReadOnlyList<Variable> variables, Func<Tensor, Tensor> addedShare, Action<int, Tensor>? ready)
    {
        // A sum whose gradient with respect to the logits is the one given, exactly.
        Tensor target = (Logits * outer).Sum();
        if (_added is { } added)
            target += addedShare(added);
        return ready is null ? _tape.Gradient(target, variables) : _tape.Gradient(target, variables, ready);
    }

    public void Dispose() => _tape.Dispose();
}
