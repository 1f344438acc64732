using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Element-wise functions of two arguments, and broadcasting.</content>
public sealed unsafe partial class CudaBackend
{
    private static readonly string[] s_binary = SnakeCase.All<BinaryOp>("binary_");
    private static readonly string[] s_binaryBroadcast = [.. s_binary.Select(name => name + "_broadcast")];
    private static readonly string[] s_binaryNarrow = [.. s_binary.Select(name => name + "_narrow")];
    private static readonly string[] s_binaryBroadcastNarrow = [.. s_binaryBroadcast.Select(name => name + "_narrow")];
    private static readonly string[] s_binaryOfNarrow = [.. s_binary.Select(name => name + "_of_narrow")];
    private static readonly string[] s_binaryBroadcastOfNarrow = [.. s_binaryBroadcast.Select(name => name + "_of_narrow")];

    /// <inheritdoc/>
    public override void Binary(BinaryOp op, Tensor a, Tensor b, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count == 0)
            return;
        BroadcastPlan plan = BroadcastPlan.Create(a.Shape, b.Shape);
        bool isNarrow = IsRoundedResult(op, a, b, y.Count);
        if (isNarrow || (IsArithmetic(op) && (IsRounded(a) || IsRounded(b))))
        {
            OfEither(op, a, b, y, isNarrow, plan);
            return;
        }

        if (plan.Dims.Length == 1)
            Each(KernelFamily.Binary, s_binary[(int)op], y.Count, a, plan.StridesA[0], b, plan.StridesB[0], Output(y), y.Count);
        else
            Each(KernelFamily.Binary, s_binaryBroadcast[(int)op], y.Count, a, b, Output(y), y.Count, Walk.Words(plan.Dims, plan.StridesA, plan.StridesB));
    }

    /// <summary>
    /// Whether a result is rounded: that of arithmetic, and of comparisons and extremes, where all operands of its size are, whatever they are
    /// joined with that is smaller.
    /// </summary>
    private static bool IsRoundedResult(BinaryOp op, Tensor a, Tensor b, int count) =>
        op != BinaryOp.Power
        && (a.Count == count || b.Count == count)
        && (a.Count < count || IsRounded(a))
        && (b.Count < count || IsRounded(b));

    private static bool IsArithmetic(BinaryOp op) => op is BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply or BinaryOp.Divide or BinaryOp.AddRelu;

    /// <summary>Of operands as they are stored.</summary>
    private void OfEither(BinaryOp op, Tensor a, Tensor b, Tensor y, bool isNarrow, BroadcastPlan plan)
    {
        KernelFamily family = isNarrow && IsArithmetic(op) ? KernelFamily.NarrowElementwise : KernelFamily.NarrowFunctions;
        KernelArgument left = KernelArgument.Stored(a, out bool isNarrowA), right = KernelArgument.Stored(b, out bool isNarrowB);
        using Result result = AsResult(y, isNarrow);
        if (plan.Dims.Length == 1)
        {
            string name = (isNarrow ? s_binaryNarrow : s_binaryOfNarrow)[(int)op];
            Each(family, name, y.Count, left, isNarrowA, right, isNarrowB, result.Address, y.Count, plan.StridesA[0], plan.StridesB[0]);
        }
        else
        {
            string name = (isNarrow ? s_binaryBroadcastNarrow : s_binaryBroadcastOfNarrow)[(int)op];
            Each(family, name, y.Count, left, isNarrowA, right, isNarrowB, result.Address, y.Count, Walk.Words(plan.Dims, plan.StridesA, plan.StridesB));
        }

        Finish(result);
    }

    /// <inheritdoc/>
    public override void Select(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(y);
        Each(KernelFamily.Binary, "select", y.Count, condition, a, b, Output(y), y.Count);
    }

    /// <inheritdoc/>
    public override void Broadcast(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count == 0)
            return;
        BroadcastPlan plan = BroadcastPlan.Create(x.Shape, y.Shape);
        bool isNarrow = IsToBeRounded(y, x);
        using Operand from = AsOperand(x, isNarrow);
        using Result result = AsResult(y, isNarrow);
        LaunchWalk(from.Address, result.Address, isNarrow ? sizeof(ushort) : x.DType.Size(), y.Count, plan.Dims, plan.StridesA);
        Finish(result);
    }
}
