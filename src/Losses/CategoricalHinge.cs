using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// max(1 + the greatest score of a wrong class - the score of the right one, 0) for one-hot labels over the last axis. Source: Crammer and
/// Singer, "On the algorithmic implementation of multiclass kernel-based vector machines", JMLR 2, 2001.
/// </summary>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class CategoricalHinge(Reduction reduction = Reduction.SumOverBatchSize, string name = "categorical_hinge") : Loss(name, reduction)
{
    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred)
    {
        Tensor y = SameShape(yTrue, yPred);
        return (((1f - y) * yPred).Max(-1) - (y * yPred).Sum(-1) + 1f).Relu();
    }
}
