using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>What an optimizer remembers of one weight.</summary>
/// <param name="Own">What the optimizer's own formula needs.</param>
/// <param name="Accumulator">The sum of gradients since the last update, or null.</param>
/// <param name="Average">The moving average of the weight, or null.</param>
internal sealed record OptimizerState(Variable[] Own, Variable? Accumulator, Variable? Average)
{
    /// <summary>All of it, in order.</summary>
    public IEnumerable<Variable> All => Own.Concat(new[] { Accumulator, Average }.OfType<Variable>());
}
