using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Element-wise functions of two and three arguments, with broadcasting.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Fill(float value, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        _team.Run(new FillWork(value, Pointer<float>(y), y.Count), Shards.Count(y.Count));
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void Binary(BinaryOp op, Tensor a, Tensor b, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(y);
        switch (op)
        {
            case BinaryOp.Add: Zip(default(AddFunction), a, b, y); break;
            case BinaryOp.Subtract: Zip(default(SubtractFunction), a, b, y); break;
            case BinaryOp.Multiply: Zip(default(MultiplyFunction), a, b, y); break;
            case BinaryOp.Divide: Zip(default(DivideFunction), a, b, y); break;
            case BinaryOp.Power: Zip(default(PowerOfFunction), a, b, y); break;
            case BinaryOp.Maximum: Zip(default(MaximumFunction), a, b, y); break;
            case BinaryOp.Minimum: Zip(default(MinimumFunction), a, b, y); break;
            case BinaryOp.AddRelu: Zip(default(AddReluFunction), a, b, y); break;
            case BinaryOp.Equal: Zip(default(EqualFunction), a, b, y); break;
            case BinaryOp.NotEqual: Zip(default(NotEqualFunction), a, b, y); break;
            case BinaryOp.Less: Zip(default(LessFunction), a, b, y); break;
            case BinaryOp.LessEqual: Zip(default(LessEqualFunction), a, b, y); break;
            case BinaryOp.Greater: Zip(default(GreaterFunction), a, b, y); break;
            case BinaryOp.GreaterEqual: Zip(default(GreaterEqualFunction), a, b, y); break;
            default: throw new ArgumentOutOfRangeException(nameof(op), op, "unknown function");
        }
    }

    /// <inheritdoc/>
    public override void Broadcast(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        Zip(default(FirstFunction), x, y, y);
    }

    /// <inheritdoc/>
    public override void Select(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(y);
        var work = new SelectWork(Pointer<float>(condition), Pointer<float>(a), Pointer<float>(b), Pointer<float>(y), y.Count);
        _team.Run(work, Shards.Count(y.Count));
        GC.KeepAlive(condition);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(y);
    }

    private void Zip<TFunction>(TFunction function, Tensor a, Tensor b, Tensor y)
        where TFunction : unmanaged, IBinaryFunction
    {
        if (y.Count > 0)
        {
            var walk = new BroadcastWalk(a.Shape, b.Shape, y.Shape);
            var work = new BinaryWork<TFunction>(function, walk, Pointer<float>(a), Pointer<float>(b), Pointer<float>(y));
            _team.Run(work, work.Count);
        }

        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(y);
    }
}
