using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// A function of targets and predictions as a loss, as Keras takes one: <c>loss=lambda y, p: ...</c>. It is composed of tensor operators;
/// its gradient comes by itself.
/// </summary>
/// <example><code>
/// var charbonnier = new LossFunctionWrapper((y, p) => ((y - p).Square() + 1e-6f).Sqrt().Mean(-1), name: "charbonnier");
/// </code></example>
public sealed class LossFunctionWrapper : Loss
{
    private readonly Func<Tensor, Tensor, Tensor> _fn;

    /// <summary>Creates the loss.</summary>
    /// <param name="fn">The value of each example, from targets [batch, ..] and predictions [batch, ..], in this order: [batch], or
    /// [batch, ..] with several values an example. Targets are Float32; where they are [batch] and predictions [batch, 1], or the reverse, they
    /// have the predictions' shape, so that subtracting one from the other does not make a table.</param>
    /// <param name="reduction">How the examples' values become the result.</param>
    /// <param name="name">The name in logs and messages.</param>
    public LossFunctionWrapper(
        Func<Tensor, Tensor, Tensor> fn, Reduction reduction = Reduction.SumOverBatchSize, string name = "loss_function_wrapper")
        : base(name, reduction)
    {
        ArgumentNullException.ThrowIfNull(fn);
        _fn = fn;
    }

    /// <inheritdoc/>
    /// <exception cref="ShapeMismatchException">The function's result does not begin with the batch.</exception>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        Tensor values = _fn(SameRank(yTrue, yPred), yPred);
        if (yPred.Rank > 0 && (values.Rank == 0 || values.Shape[0] != yPred.Shape[0]))
        {
            throw new ShapeMismatchException(
                $"{Name}: expected a value for each of the {yPred.Shape[0]} examples, the function gave {values.Shape}; a mean is to leave out the first axis, Mean(-1) instead of Mean()");
        }

        return values;
    }
}
