using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Element-wise functions of two arguments, and broadcasting.</content>
public sealed unsafe partial class CudaBackend
{
    private static readonly string[] s_binary = SnakeCase.All<BinaryOp>("binary_");
    private static readonly string[] s_binaryBroadcast = [.. s_binary.Select(name => name + "_broadcast")];

    /// <inheritdoc/>
    public override void Binary(BinaryOp op, Tensor a, Tensor b, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count == 0)
            return;
        BroadcastPlan plan = BroadcastPlan.Create(a.Shape, b.Shape);
        if (plan.Dims.Length == 1)
            Each(KernelFamily.Binary, s_binary[(int)op], y.Count, a, plan.StridesA[0], b, plan.StridesB[0], y, y.Count);
        else
            Each(KernelFamily.Binary, s_binaryBroadcast[(int)op], y.Count, a, b, y, y.Count, Walk.Words(plan.Dims, plan.StridesA, plan.StridesB));
    }

    /// <inheritdoc/>
    public override void Select(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(y);
        Each(KernelFamily.Binary, "select", y.Count, condition, a, b, y, y.Count);
    }

    /// <inheritdoc/>
    public override void Broadcast(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count == 0)
            return;
        BroadcastPlan plan = BroadcastPlan.Create(x.Shape, y.Shape);
        Each(KernelFamily.Movement, "walk_words", y.Count, x, y, y.Count, Walk.Words(plan.Dims, plan.StridesA, plan.StridesA));
    }
}
