using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Reductions.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Reduce(ReduceOp op, Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count > 0)
        {
            float* to = Pointer<float>(y);
            switch (op)
            {
                case ReduceOp.Sum:
                    Reduce<SumReduction>(x, to);
                    break;
                case ReduceOp.Mean:
                    Reduce<SumReduction>(x, to);
                    var division = new UnaryWork<DivideByFunction>(new DivideByFunction(x.Shape[1]), to, to, y.Count);
                    _team.Run(division, Shards.Count(y.Count));
                    break;
                case ReduceOp.Max:
                    Reduce<MaxReduction>(x, to);
                    break;
                case ReduceOp.Min:
                    Reduce<MinReduction>(x, to);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(op), op, "unknown reduction");
            }
        }

        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void ArgMax(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count > 0)
        {
            var work = new ArgMaxWork(Pointer<float>(x), Pointer<int>(y), x.Shape[0], x.Shape[1], x.Shape[2]);
            _team.Run(work, work.Count);
        }

        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    private void Reduce<TReduction>(Tensor x, float* y)
        where TReduction : unmanaged, IReduction
    {
        int outer = x.Shape[0], n = x.Shape[1], inner = x.Shape[2];
        var work = new ReduceWork<TReduction>(Pointer<float>(x), y, outer, n, inner);
        if (work.Blocks == 1)
        {
            _team.Run(work, work.Count);
            return;
        }

        using var partial = new Scratch(_memory, (long)outer * work.Blocks * inner);
        _team.Run(work.Into(partial.Pointer), work.Count);
        var combine = new CombineWork<TReduction>(partial.Pointer, y, outer, work.Blocks, inner);
        _team.Run(combine, combine.Count);
    }
}
