using System.Runtime.InteropServices;

namespace Numerics.Distributed;

/// <summary>
/// Sums in a fixed order. Long messages: each process receives a part of everybody's numbers, adds, and sends its sums to all, which
/// moves 2·(n - 1)/n times the message through each process's network, the least there is. Short ones: all receive everything and
/// add, which waits for the network once instead of twice.
/// </summary>
/// <param name="group">The processes.</param>
internal sealed unsafe class HostReduction(HostProcessGroup group)
{
    private const int ShortBytes = 4096;

    private NativeBuffer _received = new();
    private NativeBuffer _narrow = new();

    /// <summary>Replaces numbers by the sums of those of all processes.</summary>
    public void Sum(float* data, int count, Compression compression)
    {
        if (group.Size == 1 || count == 0)
            return;
        if (compression == Compression.BFloat16)
            SumNarrow(data, count);
        else if ((long)count * sizeof(float) <= ShortBytes)
            SumShort(data, count);
        else
            SumLong(data, count);
    }

    /// <summary>Collects everybody's floats, rounded to bfloat16 on their way.</summary>
    /// <param name="all">The floats, this process's own in their place; these are rounded, too.</param>
    /// <param name="counts">How many each process has.</param>
    public void GatherCompressed(float* all, ReadOnlySpan<long> counts)
    {
        long total = 0, before = 0;
        long[] bytes = new long[counts.Length];
        for (int i = 0; i < counts.Length; i++)
        {
            bytes[i] = counts[i] * sizeof(ushort);
            before += i < group.Rank ? counts[i] : 0;
            total += counts[i];
        }

        ushort* narrow = (ushort*)_narrow.Get(total * sizeof(ushort));
        BFloat16Numbers.Narrow(all + before, narrow + before, counts[group.Rank]);
        group.Gather((byte*)narrow, bytes);
        BFloat16Numbers.Widen(narrow, all, total);
    }

    private void SumShort(float* data, int count)
    {
        int size = group.Size;
        float* received = (float*)_received.Get((long)count * size * sizeof(float));
        new ReadOnlySpan<float>(data, count).CopyTo(new Span<float>(received + ((long)count * group.Rank), count));
        long[] counts = new long[size];
        Array.Fill(counts, (long)count * sizeof(float));
        group.Gather((byte*)received, counts);
        new ReadOnlySpan<float>(SumTree(received, count), count).CopyTo(new Span<float>(data, count));
    }

    private void SumLong(float* data, int count)
    {
        (long[] parts, long first) = Parts(count);
        long own = parts[group.Rank];
        float* received = (float*)_received.Get(own * group.Size * sizeof(float));
        long[] bytes = Bytes(parts, sizeof(float));
        group.Exchange((byte*)data, bytes, (byte*)received, own * sizeof(float));
        if (own > 0)
            new ReadOnlySpan<float>(SumTree(received, own), (int)own).CopyTo(new Span<float>(data + first, (int)own));
        group.Gather((byte*)data, bytes);
    }

    private void SumNarrow(float* data, int count)
    {
        (long[] parts, long first) = Parts(count);
        long own = parts[group.Rank];
        ushort* narrow = (ushort*)_narrow.Get(((long)count + (own * group.Size)) * sizeof(ushort));
        ushort* others = narrow + count;
        BFloat16Numbers.Narrow(data, narrow, count);
        long[] bytes = Bytes(parts, sizeof(ushort));
        group.Exchange((byte*)narrow, bytes, (byte*)others, own * sizeof(ushort));
        if (own > 0)
        {
            float* received = (float*)_received.Get(own * group.Size * sizeof(float));
            BFloat16Numbers.Widen(others, received, own * group.Size);
            BFloat16Numbers.Narrow(SumTree(received, own), narrow + first, own);
        }

        group.Gather((byte*)narrow, bytes);
        BFloat16Numbers.Widen(narrow, data, count);
    }

    // Neighbours first, an odd one waits: the order does not depend on how the numbers are cut into messages.
    private float* SumTree(float* vectors, long length)
    {
        for (int step = 1; step < group.Size; step *= 2)
        {
            for (int i = 0; i + step < group.Size; i += 2 * step)
            {
                var left = new Span<float>(vectors + (i * length), (int)length);
                TensorPrimitives.Add(left, new ReadOnlySpan<float>(vectors + ((i + step) * length), (int)length), left);
            }
        }

        return vectors;
    }

    private (long[] Counts, long First) Parts(int count)
    {
        int size = group.Size;
        long[] counts = new long[size];
        for (int i = 0; i < size; i++)
            counts[i] = ((long)count * (i + 1) / size) - ((long)count * i / size);
        return (counts, (long)count * group.Rank / size);
    }

    private static long[] Bytes(long[] counts, int size) => Array.ConvertAll(counts, count => count * size);

    /// <summary>Memory that grows to the largest message and stays.</summary>
    private sealed class NativeBuffer
    {
        private void* _memory;
        private long _length;

        // Groups live as long as the process; the memory of one that does not goes here.
        ~NativeBuffer() => NativeMemory.AlignedFree(_memory);

        public void* Get(long bytes)
        {
            if (bytes > _length)
            {
                _memory = NativeMemory.AlignedRealloc(_memory, (nuint)bytes, 64);
                _length = bytes;
            }

            return _memory;
        }
    }
}
