using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>
/// What Keras' files hold of an optimizer, in Keras' order: the variables of <c>base_optimizer.py</c>, of the optimizers and of
/// <c>loss_scale_optimizer.py</c> in the order of their making.
/// </summary>
internal static class OptimizerEntries
{
    // Of an optimizer that scales the loss: its own count of steps and rate, which mean nothing, its counter and its factor.
    private const int UnusedNumbers = 2, ScaleNumbers = 2;

    /// <summary>The numbers in front of the state: the count of calls, and the rate unless a schedule gives it.</summary>
    public static IReadOnlyList<OptimizerEntry> Numbers(Optimizer optimizer)
    {
        if (optimizer is LossScaleOptimizer scaling)
        {
            return
            [
                OptimizerEntry.Steps($"{scaling.Name}/iteration", () => 0, _ => { }),
                OptimizerEntry.Number($"{scaling.Name}/learning_rate", () => 0, _ => { }),
                OptimizerEntry.Steps(
                    $"{scaling.Name}/step_counter", () => scaling.StepCounter, value => scaling.Resume(scaling.DynamicScale, (int)value), int.MaxValue),
                OptimizerEntry.Number(
                    $"{scaling.Name}/dynamic_scale", () => scaling.DynamicScale, value => scaling.Resume(value, scaling.StepCounter), float.Epsilon),
                .. Numbers(scaling.InnerOptimizer),
            ];
        }

        OptimizerEntry calls = OptimizerEntry.Steps($"{optimizer.Name}/iteration", () => optimizer.Calls, value => optimizer.Calls = value);
        return optimizer.Schedule.IsConstant
            ? [calls, OptimizerEntry.Number($"{optimizer.Name}/learning_rate", () => optimizer.LearningRate, value => optimizer.LearningRate = value)]
            : [calls];
    }

    /// <summary>
    /// The state: the averages of all weights, their sums of gradients, then the optimizer's own tensors. Adam's mean and mean square go
    /// weight by weight, RMSprop's mean squares of all weights come before their momenta.
    /// </summary>
    /// <exception cref="NotSupportedException">The optimizer is one of the user's own.</exception>
    public static IReadOnlyList<OptimizerEntry> State(Optimizer optimizer)
    {
        if (optimizer is LossScaleOptimizer scaling)
            return State(scaling.InnerOptimizer);

        // How many of its own tensors of a weight stand side by side; the others follow for all weights.
        int[] groups = optimizer switch
        {
            Adam adam => adam.AmsGrad ? [2, 1] : [2],
            RMSprop rms => [.. Enumerable.Repeat(1, 1 + (rms.Momentum > 0 ? 1 : 0) + (rms.Centered ? 1 : 0))],
            SGD sgd => sgd.Momentum > 0 ? [1] : [],
            Lion or Adagrad => [1],
            Adamax or Adadelta or Nadam or Ftrl => [2],
            _ => throw new NotSupportedException($"the optimizer {optimizer.GetType().Name} has no name in Keras; known are {OptimizerConfig.Known}"),
        };

        // Here it is weight by weight: its own, the sum, the average.
        int sum = groups.Sum(), average = sum + (optimizer.GradientAccumulationSteps is null ? 0 : 1), each = average + (optimizer.UseEma ? 1 : 0);
        var state = new List<OptimizerEntry>();
        void Add(int first, int count) => state.AddRange(optimizer.Variables
            .Where((_, i) => i % each >= first && i % each < first + count)
            .Select(variable => OptimizerEntry.Of(
                $"{optimizer.Name}/{variable.Name[(variable.Name.IndexOf('/', StringComparison.Ordinal) + 1)..].Replace('/', '_')}", variable)));
        Add(average, each - average);
        Add(sum, average - sum);
        int begin = 0;
        foreach (int group in groups)
        {
            Add(begin, group);
            begin += group;
        }

        // Which follows from the number of steps, and is not taken from a file.
        if (optimizer is Nadam nadam)
            state.Add(OptimizerEntry.Number($"{nadam.Name}/u_product", () => (float)nadam.MomentumProduct(nadam.Iterations), _ => { }));
        return state;
    }

    /// <summary>The state in the order of Keras 2's first optimizers: Adam's means of all weights before their mean squares.</summary>
    public static IReadOnlyList<OptimizerEntry> OldState(Optimizer optimizer)
    {
        IReadOnlyList<OptimizerEntry> state = State(optimizer);
        if ((optimizer is LossScaleOptimizer scaling ? scaling.InnerOptimizer : optimizer) is not Adam adam)
            return state;
        OptimizerEntry[] pairs = [.. state.Take(adam.AmsGrad ? state.Count / 3 * 2 : state.Count)];
        return [.. pairs.Where((_, i) => i % 2 == 0), .. pairs.Where((_, i) => i % 2 == 1), .. state.Skip(pairs.Length)];
    }

    /// <summary>What a file of so many entries has; null when it is of another optimizer.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="count">The number of entries.</param>
    /// <param name="variables">The weights, for which the state is made if the file has one.</param>
    public static IReadOnlyList<OptimizerEntry>? Of(Optimizer optimizer, int count, IReadOnlyList<Variable> variables)
    {
        IReadOnlyList<OptimizerEntry> numbers = Numbers(optimizer);

        // Before the first step there is no state, in Keras neither counter nor factor.
        if (optimizer is LossScaleOptimizer && count == numbers.Count - ScaleNumbers)
            return [.. numbers.Take(UnusedNumbers), .. numbers.Skip(UnusedNumbers + ScaleNumbers)];
        if (count <= numbers.Count)
            return [.. numbers.Take(count)];
        optimizer.Build(variables);
        IReadOnlyList<OptimizerEntry> state = State(optimizer);
        return count == numbers.Count + state.Count ? [.. numbers, .. state] : null;
    }
}
