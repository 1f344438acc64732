using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Ops that move elements of any type.</content>
public sealed unsafe partial class CpuBackend
{
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
        int size = x.DType.Size(), rank = x.Rank;
        Span<int> strides = stackalloc int[rank], position = stackalloc int[rank];
        for (int i = 0; i < rank; i++)
            strides[i] = x.Shape.Product((permutation[i] + 1)..);
        position.Clear();
        byte* source = Pointer<byte>(x), target = Pointer<byte>(y);
        long offset = 0;
        for (int i = 0; i < y.Count; i++)
        {
            if (size == 4)
                ((int*)target)[i] = ((int*)source)[offset];
            else
                target[i] = source[offset];
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                offset += strides[axis];
                if (++position[axis] < y.Shape.Dims[axis])
                    break;
                offset -= (long)strides[axis] * position[axis];
                position[axis] = 0;
            }
        }

        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void Gather(Tensor x, Tensor indices, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(y);
        int outer = x.Shape[0], n = x.Shape[1], k = indices.Count;
        long run = (long)x.Shape[2] * x.DType.Size();
        CheckIndices(indices, n);
        int* at = Pointer<int>(indices);
        byte* source = Pointer<byte>(x), target = Pointer<byte>(y);
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < k; i++)
                Buffer.MemoryCopy(source + ((((long)o * n) + at[i]) * run), target + ((((long)o * k) + i) * run), run, run);
        }

        GC.KeepAlive(x);
        GC.KeepAlive(indices);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void ScatterAdd(Tensor dy, Tensor indices, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(dx);
        int outer = dx.Shape[0], n = dx.Shape[1], inner = dx.Shape[2], k = indices.Count;
        CheckIndices(indices, n);
        int* at = Pointer<int>(indices);
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < k; i++)
            {
                var target = new Span<float>(Pointer<float>(dx) + ((((long)o * n) + at[i]) * inner), inner);
                TensorPrimitives.Add(target, new ReadOnlySpan<float>(Pointer<float>(dy) + ((((long)o * k) + i) * inner), inner), target);
            }
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
        CopyRuns(Pointer<byte>(x), x.Shape, start, Pointer<byte>(y), y.Shape, 0, y.Shape[1], x.DType.Size());
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void InsertSlice(Tensor x, int start, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        CopyRuns(Pointer<byte>(x), x.Shape, 0, Pointer<byte>(y), y.Shape, start, x.Shape[1], x.DType.Size());
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void OneHot(Tensor indices, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(y);
        int depth = y.Shape[1];
        Fill(0, y);
        for (int i = 0; i < indices.Count; i++)
        {
            int index = Pointer<int>(indices)[i];
            if ((uint)index < (uint)depth)
                Pointer<float>(y)[((long)i * depth) + index] = 1;
        }

        GC.KeepAlive(indices);
        GC.KeepAlive(y);
    }

    private static void CheckIndices(Tensor indices, int n)
    {
        for (int i = 0; i < indices.Count; i++)
        {
            int index = Pointer<int>(indices)[i];
            if ((uint)index >= (uint)n)
                throw new ArgumentOutOfRangeException(nameof(indices), index, $"Gather: index {index} at position {i} is outside 0..{n - 1}");
        }
    }

    private static void CopyRuns(byte* source, Shape from, int fromStart, byte* target, Shape to, int toStart, int count, int size)
    {
        long run = (long)count * from[2] * size;
        for (int o = 0; o < from[0]; o++)
        {
            Buffer.MemoryCopy(
                source + ((((long)o * from[1]) + fromStart) * from[2] * size), target + ((((long)o * to[1]) + toStart) * to[2] * size), run, run);
        }
    }

    private readonly struct CastWork(DType from, DType to, byte* x, byte* y, int count) : IShardedWork
    {
        public void Run(int shard)
        {
            int start = shard * Shards.Size, length = Shards.Length(count, shard);
            Span<float> block = stackalloc float[512];
            for (int i = 0; i < length; i += block.Length)
                Convert(start + i, block[..Math.Min(block.Length, length - i)]);
        }

        private void Convert(int start, Span<float> block)
        {
            if (from == DType.Int32 && to != DType.Float32)
            {
                for (int i = 0; i < block.Length; i++)
                    y[start + i] = (byte)Math.Clamp(((int*)x)[start + i] * (to == DType.UNorm8 ? 255L : 1L), 0, 255);
                return;
            }

            switch (from)
            {
                case DType.Float32:
                    new ReadOnlySpan<float>((float*)x + start, block.Length).CopyTo(block);
                    break;
                case DType.Int32:
                    TensorPrimitives.ConvertTruncating(new ReadOnlySpan<int>((int*)x + start, block.Length), block);
                    break;
                default:
                    TensorPrimitives.ConvertTruncating(new ReadOnlySpan<byte>(x + start, block.Length), block);
                    if (from == DType.UNorm8)
                        TensorPrimitives.Divide(block, 255f, block);
                    break;
            }

            switch (to)
            {
                case DType.Float32:
                    block.CopyTo(new Span<float>((float*)y + start, block.Length));
                    break;
                case DType.Int32:
                    TensorPrimitives.ConvertSaturating(block, new Span<int>((int*)y + start, block.Length));
                    break;
                default:
                    for (int i = 0; i < block.Length; i++)
                        y[start + i] = (byte)Math.Clamp(to == DType.UNorm8 ? MathF.Round(block[i] * 255f) : block[i], 0f, 255f);
                    break;
            }
        }
    }
}
