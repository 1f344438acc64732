using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>What two steps must have in common for one to be captured and repeated as the other.</summary>
internal sealed class StepSignature(TensorBatch batch, IReadOnlyList<Layer> layers, IReadOnlyList<Variable> variables, float? lossScale)
    : IEquatable<StepSignature>
{
    private readonly Backend _backend = batch.Inputs[0].Backend;
    private readonly (Shape, DType)[] _tensors = [.. batch.Inputs.Concat(batch.Targets).Select(tensor => (tensor.Shape, tensor.DType))];
    private readonly (Shape, DType)? _weight = batch.SampleWeight is { } weight ? (weight.Shape, weight.DType) : null;
    private readonly Layer[] _layers = [.. layers];
    private readonly Variable[] _variables = [.. variables];
    private readonly float? _lossScale = lossScale;

    public bool Equals(StepSignature? other) =>
        other is not null && _backend == other._backend && _tensors.AsSpan().SequenceEqual(other._tensors) && _weight == other._weight
        && _layers.AsSpan().SequenceEqual(other._layers) && _variables.AsSpan().SequenceEqual(other._variables) && _lossScale == other._lossScale;

    public override bool Equals(object? obj) => Equals(obj as StepSignature);

    public override int GetHashCode() => HashCode.Combine(_tensors.Length, _variables.Length, _lossScale);
}
