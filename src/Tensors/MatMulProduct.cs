namespace Numerics.Tensors;

/// <summary>
/// For backends: a matrix product that has not been computed. The gradient of a large kernel is one until somebody asks for its
/// elements; an optimizer step may consume it directly, so that the gradient never exists in memory.
/// </summary>
public sealed class MatMulProduct
{
    internal MatMulProduct(Tensor a, bool transposeA, Tensor b, bool transposeB)
    {
        // Over the same memory, owned by nobody else: the arguments' scope may end before the product is computed.
        A = a.Share(a.Shape).Keep();
        B = b.Share(b.Shape).Keep();
        (TransposeA, TransposeB) = (transposeA, transposeB);
    }

    /// <summary>The left matrix [m, k], or [k, m] if it counts as transposed.</summary>
    public Tensor A { get; }

    /// <summary>Whether the left matrix counts as transposed.</summary>
    public bool TransposeA { get; }

    /// <summary>The right matrix [k, n], or [n, k] if it counts as transposed.</summary>
    public Tensor B { get; }

    /// <summary>Whether the right matrix counts as transposed.</summary>
    public bool TransposeB { get; }

    /// <summary>Another tensor that stands for this product: of what the operands hold when its elements are asked for.</summary>
    public Tensor Again() => Tensor.Deferred(A.Backend, A, TransposeA, B, TransposeB, (A.Shape[TransposeA ? 1 : 0], B.Shape[TransposeB ? 0 : 1]));

    internal void Release()
    {
        A.Dispose();
        B.Dispose();
    }
}
