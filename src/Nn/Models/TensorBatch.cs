using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A batch on the backend, as a step of training or evaluation takes it.</summary>
/// <param name="Inputs">The inputs [batch, ..], in the order of the model's.</param>
/// <param name="Targets">The targets [batch, ..], in the order of the model's outputs.</param>
/// <param name="SampleWeight">The weight of each example [batch]; null means 1.</param>
public sealed record TensorBatch(IReadOnlyList<Tensor> Inputs, IReadOnlyList<Tensor> Targets, Tensor? SampleWeight = null)
{
    /// <summary>The only input.</summary>
    /// <exception cref="InvalidOperationException">There are several.</exception>
    public Tensor X => Inputs is [var only] ? only : throw new InvalidOperationException($"the batch has {Inputs.Count} inputs: use Inputs");

    /// <summary>The only target.</summary>
    /// <exception cref="InvalidOperationException">There are several.</exception>
    public Tensor Y => Targets is [var only] ? only : throw new InvalidOperationException($"the batch has {Targets.Count} targets: use Targets");
}
