using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>A part of a batch on its way through the model and back. Disposing it ends its tape.</summary>
internal sealed class PartOfStep : IDisposable
{
    private readonly GradientTape _tape;
    private readonly Tensor? _added;

    private PartOfStep(GradientTape tape, Tensor[] outputs, Tensor? added, bool isEmpty)
    {
        (_tape, Outputs, _added, IsEmpty) = (tape, outputs, added, isEmpty);
        Logits = Array.ConvertAll(outputs, LogitsOf);
        AddedLoss = added?.Item() ?? 0;
    }

    /// <summary>The model's outputs.</summary>
    public Tensor[] Outputs { get; }

    /// <summary>What each output is the softmax or sigmoid of, or the output itself.</summary>
    public Tensor[] Logits { get; }

    /// <summary>Whether layers add to the loss.</summary>
    public bool AddsLoss => _added is not null;

    /// <summary>What layers add to the loss.</summary>
    public float AddedLoss { get; }

    /// <summary>Whether the part has no rows; one of zeros then stands in, which counts for nothing.</summary>
    public bool IsEmpty { get; }

    /// <summary>Runs the model over some rows.</summary>
    public static PartOfStep Run(Model model, IReadOnlyList<Tensor> inputs, int first, int count)
    {
        var tape = new GradientTape();
        try
        {
            Tensor[] rows = [.. inputs.Select(x => count == 0 ? StandIn(x) : TensorRows.Of(x, first, count))];
            Tensor[] outputs = model.CallAll(rows, training: true);
            Tensor? added = null;
            foreach (Tensor loss in model.Losses)
                added = added is null ? loss * 1f : added + loss;
            return new PartOfStep(tape, outputs, added, count == 0);
        }
        catch
        {
            tape.Dispose();
            throw;
        }
    }

    /// <summary>What an output is the softmax or sigmoid of, or the output itself.</summary>
    public static Tensor LogitsOf(Tensor output) => output.SoftmaxLogits ?? output.SigmoidLogits ?? output;

    /// <summary>A row of zeros like those of an input without rows.</summary>
    public static Tensor StandIn(Tensor x) => Tensor.From(new NDArray(x.Shape.With(0, 1), x.DType), x.Backend);

    /// <summary>The gradient of the whole batch's loss through these rows.</summary>
    /// <param name="outer">The gradients of the loss with respect to <see cref="Logits"/>.</param>
    /// <param name="variables">With respect to what.</param>
    /// <param name="addedShare">What layers add to the loss, as it counts here.</param>
    /// <param name="ready">Told of each gradient.</param>
    public Tensor[] Gradient(Tensor[] outer, IReadOnlyList<Variable> variables, Func<Tensor, Tensor> addedShare, Action<int, Tensor>? ready)
    {
        // A sum whose gradient with respect to the logits is the one given, exactly.
        Tensor target = (Logits[0] * outer[0]).Sum();
        for (int i = 1; i < outer.Length; i++)
            target += (Logits[i] * outer[i]).Sum();
        if (_added is { } added)
            target += addedShare(added);
        return ready is null ? _tape.Gradient(target, variables) : _tape.Gradient(target, variables, ready);
    }

    public void Dispose() => _tape.Dispose();
}
