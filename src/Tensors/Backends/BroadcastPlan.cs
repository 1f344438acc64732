namespace Numerics.Tensors;

/// <summary>
/// How two operands walk together over the output they broadcast to, with neighbouring axes merged where both allow it: equal
/// shapes become one axis, a bias over pictures two. A stride of 0 repeats the operand along that axis.
/// </summary>
/// <param name="Dims">The merged extents of the output, outermost first; at least one.</param>
/// <param name="StridesA">The first operand's step in elements along each axis.</param>
/// <param name="StridesB">The second operand's step in elements along each axis.</param>
public sealed record BroadcastPlan(int[] Dims, int[] StridesA, int[] StridesB)
{
    /// <summary>Plans a pair of operands.</summary>
    /// <exception cref="ShapeMismatchException">The shapes cannot be broadcast together.</exception>
    public static BroadcastPlan Create(Shape a, Shape b)
    {
        Shape output = Shape.Broadcast(a, b);
        var dims = new List<int>();
        var stridesA = new List<int>();
        var stridesB = new List<int>();
        int strideA = 1, strideB = 1;
        for (int i = 1; i <= output.Rank; i++)
        {
            int dim = output.Dims[^i];
            int dimA = i <= a.Rank ? a.Dims[^i] : 1, dimB = i <= b.Rank ? b.Dims[^i] : 1;
            if (dim == 1)
                continue;
            int stepA = dimA == 1 ? 0 : strideA, stepB = dimB == 1 ? 0 : strideB;
            strideA *= dimA;
            strideB *= dimB;
            if (dims.Count > 0 && stepA == stridesA[^1] * dims[^1] && stepB == stridesB[^1] * dims[^1])
            {
                dims[^1] *= dim;
                continue;
            }

            dims.Add(dim);
            stridesA.Add(stepA);
            stridesB.Add(stepB);
        }

        if (dims.Count == 0)
            return new BroadcastPlan([1], [1], [1]);
        dims.Reverse();
        stridesA.Reverse();
        stridesB.Reverse();
        return new BroadcastPlan([.. dims], [.. stridesA], [.. stridesB]);
    }
}
