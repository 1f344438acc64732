using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Ops that move and convert elements.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Copy(Tensor source, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        CopyRuns(source, 0, target, 0, (long)source.Count * source.DType.Size(), 0, 0, 1);
    }

    /// <inheritdoc/>
    public override void Cast(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        _team.Run(new CastWork(x.DType, y.DType, Pointer<byte>(x), Pointer<byte>(y), x.Count), Shards.Count(x.Count));
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void Transpose(Tensor x, ReadOnlySpan<int> permutation, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.DType.Size() == sizeof(int))
            Permute<int>(x, permutation, y);
        else
            Permute<byte>(x, permutation, y);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the axis.</exception>
    public override void Gather(Tensor x, Tensor indices, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(y);
        CheckIndices(indices, x.Shape[1]);
        if (y.Count > 0)
        {
            long run = (long)x.Shape[2] * x.DType.Size();
            var work = new GatherWork(Pointer<byte>(x), Pointer<int>(indices), Pointer<byte>(y), x.Shape[1], indices.Count, x.Shape[0], run);
            _team.Run(work, work.Count);
        }

        GC.KeepAlive(x);
        GC.KeepAlive(indices);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the axis.</exception>
    public override void ScatterAdd(Tensor dy, Tensor indices, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(dx);
        CheckIndices(indices, dx.Shape[1]);
        if (dy.Count > 0)
        {
            var work = new ScatterAddWork(
                Pointer<float>(dy), Pointer<int>(indices), Pointer<float>(dx), dx.Shape[1], indices.Count, dx.Shape[0], dx.Shape[2]);
            _team.Run(work, work.Count);
        }

        GC.KeepAlive(dy);
        GC.KeepAlive(indices);
        GC.KeepAlive(dx);
    }

    /// <inheritdoc/>
    public override void Slice(Tensor x, int start, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        long element = (long)x.Shape[2] * x.DType.Size(), run = y.Shape[1] * element;
        CopyRuns(x, start * element, y, 0, run, x.Shape[1] * element, run, x.Shape[0]);
    }

    /// <inheritdoc/>
    public override void InsertSlice(Tensor x, int start, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        long element = (long)x.Shape[2] * x.DType.Size(), run = x.Shape[1] * element;
        CopyRuns(x, 0, y, start * element, run, run, y.Shape[1] * element, x.Shape[0]);
    }

    /// <inheritdoc/>
    public override void OneHot(Tensor indices, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(y);
        var work = new OneHotWork(Pointer<int>(indices), Pointer<float>(y), indices.Count, y.Shape[1]);
        _team.Run(work, work.Count);
        GC.KeepAlive(indices);
        GC.KeepAlive(y);
    }

    private static void CheckIndices(Tensor indices, int n)
    {
        int* at = Pointer<int>(indices);
        for (int i = 0; i < indices.Count; i++)
        {
            if ((uint)at[i] >= (uint)n)
                throw new ArgumentOutOfRangeException(nameof(indices), at[i], $"Gather: the index at position {i} is outside 0..{n - 1}");
        }

        GC.KeepAlive(indices);
    }

    private void Permute<T>(Tensor x, ReadOnlySpan<int> permutation, Tensor y)
        where T : unmanaged
    {
        if (x.Count > 0)
        {
            var work = new PermuteWork<T>(Pointer<T>(x), x.Shape.Dims, permutation, Pointer<T>(y));
            _team.Run(work, work.Count);
        }

        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    // Offsets, run and steps are in bytes.
    private void CopyRuns(Tensor source, long from, Tensor target, long to, long run, long sourceStep, long targetStep, int runs)
    {
        if (run > 0)
        {
            var work = new CopyRunsWork(Pointer<byte>(source) + from, sourceStep, Pointer<byte>(target) + to, targetStep, run, runs);
            _team.Run(work, work.Count);
        }

        GC.KeepAlive(source);
        GC.KeepAlive(target);
    }
}
