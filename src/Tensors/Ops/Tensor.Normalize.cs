namespace Numerics.Tensors;

/// <content>Vectors of length 1.</content>
public sealed partial class Tensor
{
    /// <summary>The vectors along an axis, each divided by its Euclidean length.</summary>
    /// <param name="axis">Which; negative counts from the end.</param>
    /// <param name="epsilon">The smallest length that is divided by.</param>
    public Tensor Normalize(int axis = -1, float epsilon = 1e-12f) => Normalize([axis], epsilon);

    /// <summary>The vectors along several axes, each divided by its Euclidean length: x / √max(Σ x², ε²).</summary>
    /// <param name="axes">Which, each once; negative counts from the end.</param>
    /// <param name="epsilon">The smallest length that is divided by.</param>
    public Tensor Normalize(int[] axes, float epsilon = 1e-12f) => this * Square().Sum(axes, keepDims: true).Maximum(epsilon * epsilon).Rsqrt();
}
