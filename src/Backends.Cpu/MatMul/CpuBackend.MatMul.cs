using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Matrix products. The shapes choose among three ways through memory, all over the same register tiles.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void MatMul(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor y)
    {
        int m = y.Shape[-2], n = y.Shape[-1], k = a.Shape[transposeA ? -2 : -1];
        Multiply(new MatMulOperands
        {
            M = m,
            N = n,
            K = k,
            Batch = y.Rank == 3 ? y.Shape[0] : 1,
            A = Pointer<float>(a),
            RowStrideA = transposeA ? 1 : k,
            StepStrideA = transposeA ? m : 1,
            B = Pointer<float>(b),
            StepStrideB = transposeB ? 1 : n,
            ColumnStrideB = transposeB ? k : 1,
            Y = Pointer<float>(y),
        });
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void Dense(Tensor x, Tensor kernel, Tensor bias, bool relu, Tensor y)
    {
        int rows = x.Shape[0], from = x.Shape[1], to = kernel.Shape[1];
        Multiply(new MatMulOperands
        {
            M = rows,
            N = to,
            K = from,
            Batch = 1,
            A = Pointer<float>(x),
            RowStrideA = from,
            StepStrideA = 1,
            B = Pointer<float>(kernel),
            StepStrideB = to,
            ColumnStrideB = 1,
            Y = Pointer<float>(y),
            Bias = Pointer<float>(bias),
            Relu = relu,
        });
        GC.KeepAlive(x);
        GC.KeepAlive(kernel);
        GC.KeepAlive(bias);
        GC.KeepAlive(y);
    }

    private void Multiply(in MatMulOperands x)
    {
        bool fewRows = x.Batch == 1 && x.M is > 0 and <= StreamedMatMul.MaxRows;
        if (fewRows && x.ColumnStrideB == 1 && StreamedMatMul.Fits(x))
            MultiplyStreamed(x);
        else if (fewRows && x.ColumnStrideB != 1 && x.N >= 512 && x.K > 0)
            MultiplySwapped(x);
        else
            MultiplyBlocked(x);
    }

    private void MultiplyStreamed(in MatMulOperands x)
    {
        int shards = StreamedMatMul.ShardsOf(x);
        long size = (long)x.M * x.N;
        using var partials = new Scratch(_memory, shards * size);
        if (OneRowMatMul.Fits(x))
            Share(new OneRowMatMul(x, partials.Pointer, shards), shards, x);
        else if (x.M <= FewRowsMatMul.MaxRows)
            Share(new FewRowsMatMul(x, partials.Pointer, shards), shards, x);
        else
            Share(new StreamedMatMul(x, partials.Pointer, shards, _team.Threads), shards, x);
        var sum = new PartialSum(partials.Pointer, shards, size, x.Y, x.N, x.Bias, x.Relu);
        Share(sum, sum.Shards, x);
    }

    private void MultiplySwapped(in MatMulOperands x)
    {
        using var memory = new Scratch(_memory, PackedPanels.Size(x.K, x.M));
        var panels = new PackedPanels(memory.Pointer, x.K, x.M);
        var pack = new PackWork(panels, 1, x.A, 0, x.StepStrideA, x.RowStrideA);
        Share(pack, pack.Shards, x);
        var work = new SwappedMatMul(x, panels);
        Share(work, work.Shards, x);
    }

    private void MultiplyBlocked(in MatMulOperands x)
    {
        using var memory = new Scratch(_memory, _team, BlockedMatMul.WorkspaceSize);
        var work = new BlockedMatMul(x, _team.Threads) { Workspaces = memory.Workspaces };
        Share(work, work.Shards, x);
    }

    /// <summary>Runs the shards, on the calling thread alone where waking another would take longer than the product.</summary>
    private void Share<T>(T work, int shards, in MatMulOperands x)
        where T : unmanaged, IShardedWork
    {
        const long Worthwhile = 1 << 18;
        if ((long)x.Batch * x.M * x.N * x.K >= Worthwhile)
        {
            _team.Run(work, shards);
            return;
        }

        for (int shard = 0; shard < shards; shard++)
            work.Run(shard);
    }
}
