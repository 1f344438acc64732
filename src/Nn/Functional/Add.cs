using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The sum of its inputs.</summary>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class Add(string? name = null) : ElementwiseMerge(name)
{
    private protected override Tensor Join(Tensor a, Tensor b) => a + b;

    /// <summary>This layer and a ReLU in one op.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="training">Whether the layer behaves as in training.</param>
    /// <param name="name">What profilers see.</param>
    internal Tensor CallRelu(IReadOnlyList<Tensor> inputs, bool training, string name) => CallAs(inputs, name, terms =>
        Tensor.AddRelu(terms.Count == 2 ? terms[0] : Forward([.. terms.SkipLast(1)], training), terms[^1]));
}
