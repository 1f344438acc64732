namespace Numerics.Tensors;

/// <content>Reordering of axes.</content>
public sealed partial class Tensor
{
    /// <summary>Reorders the axes: axis i of the result is axis <c>permutation[i]</c> of this tensor.</summary>
    /// <param name="permutation">Every axis once; without arguments the order is reversed.</param>
    /// <exception cref="ArgumentException">Not a permutation of the axes.</exception>
    public Tensor Transpose(params int[] permutation)
    {
        ArgumentNullException.ThrowIfNull(permutation);
        int[] order = permutation.Length == 0 ? [.. Enumerable.Range(0, Rank).Reverse()] : [.. permutation.Select(Shape.Axis)];
        var inverse = new int[Rank];
        Array.Fill(inverse, -1);
        for (int i = 0; i < order.Length && order.Length == Rank; i++)
            inverse[order[i]] = i;
        if (order.Length != Rank || inverse.Contains(-1))
            throw new ArgumentException($"Transpose: [{string.Join(", ", permutation)}] is not a permutation of the axes of {Shape}", nameof(permutation));
        Tensor y = Empty(Backend, new Shape([.. order.Select(axis => Shape[axis])]), DType);
        Backend.Transpose(this, order, y);
        GradientTape.Record(y, [this], (dy, _) => [dy.Transpose(inverse)]);
        return y;
    }
}
