using CsCheck;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu.Tests;

/// <summary>The pool's blocks are aligned, come back, and are counted.</summary>
public sealed unsafe class BufferPoolTests
{
    [Fact]
    public void Blocks_are_aligned_and_large_enough_and_waste_at_most_a_quarter() => Gen.Long[0, 5_000_000].Sample(length =>
    {
        using var pool = new BufferPool();
        CpuBuffer buffer = pool.Rent(length);
        Assert.Equal(0, (nint)buffer.Pointer % CpuMemory.Alignment);
        Assert.Equal(length, buffer.ByteLength);
        Assert.InRange(buffer.BlockSize, Math.Max(length, CpuMemory.Alignment), Math.Max(length * 5 / 4, length + BufferPool.Alignment));
        new Span<byte>(buffer.Pointer, (int)buffer.BlockSize).Fill(0xAB);
        buffer.Release();
    });

    [Fact]
    public void A_returned_block_serves_the_next_request_of_its_size()
    {
        using var pool = new BufferPool();
        CpuBuffer first = pool.Rent(1_000_000);
        byte* block = first.Pointer;
        long reserved = pool.ReservedBytes;
        first.Release();
        CpuBuffer second = pool.Rent(999_000);
        Assert.True(block == second.Pointer);
        Assert.Equal(reserved, pool.ReservedBytes);
        second.Release();
    }

    [Theory]
    [InlineData(200_000)]
    [InlineData(5_000_000)]
    public void Neighbouring_large_blocks_start_at_other_places_of_a_page(int length)
    {
        const int page = 4096, neighbours = 19;
        using var pool = new BufferPool();
        CpuBuffer[] blocks = [.. Enumerable.Range(0, neighbours).Select(_ => pool.Rent(length))];
        nint[] places = [.. blocks.Select(block => (nint)block.Pointer % page).Order()];
        for (int i = 0; i < neighbours; i++)
            Assert.InRange((places[(i + 1) % neighbours] - places[i] + page) % page, 3 * CpuMemory.Alignment, page - 1);
        Assert.All(blocks, block => block.Release());
    }

    [Fact]
    public void Live_blocks_never_overlap()
    {
        using var pool = new BufferPool();
        var random = new Random(3);
        var live = new List<(CpuBuffer Buffer, byte Mark)>();
        for (int i = 0; i < 2000; i++)
        {
            if (live.Count > 20 || (live.Count > 0 && random.Next(2) == 0))
            {
                int at = random.Next(live.Count);
                (CpuBuffer old, byte mark) = live[at];
                Assert.Equal(-1, new Span<byte>(old.Pointer, (int)old.ByteLength).IndexOfAnyExcept(mark));
                live.RemoveAt(at);
                old.Release();
                continue;
            }

            CpuBuffer fresh = pool.Rent(random.Next(1, 4000));
            new Span<byte>(fresh.Pointer, (int)fresh.ByteLength).Fill((byte)i);
            live.Add((fresh, (byte)i));
        }

        live.ForEach(item => item.Buffer.Release());
        Assert.Equal(0, pool.UsedBytes);
    }

    [Fact]
    public void Used_and_reserved_bytes_are_counted()
    {
        using var pool = new BufferPool();
        CpuBuffer a = pool.Rent(100), b = pool.Rent(5000);
        Assert.Equal(a.BlockSize + b.BlockSize, pool.UsedBytes);
        Assert.Equal(a.BlockSize + b.BlockSize, pool.ReservedBytes);
        a.Release();
        Assert.Equal(b.BlockSize, pool.UsedBytes);
        Assert.Equal(a.BlockSize + b.BlockSize, pool.ReservedBytes);
        b.Release();
        Assert.Equal(0, pool.UsedBytes);
    }

    [Fact]
    public void A_buffer_outlives_its_disposed_pool()
    {
        var pool = new BufferPool();
        CpuBuffer live = pool.Rent(4096), free = pool.Rent(4096);
        free.Release();
        pool.Dispose();
        Assert.Equal(live.BlockSize, pool.ReservedBytes);
        new Span<byte>(live.Pointer, 4096).Fill(1);
        Assert.Throws<ObjectDisposedException>(() => pool.Rent(1));
        live.Release();
        Assert.Equal(0, pool.ReservedBytes);
    }

    [Fact]
    public void A_thousand_steps_reserve_no_more_than_the_first()
    {
        using var backend = new CpuBackend(2);
        long reserved = 0;
        for (int step = 0; step < 1000; step++)
        {
            using (new TensorScope())
            {
                Tensor x = Tensor.Full([40, 70], step, backend);
                _ = ((x * 2f) + x.Mean(0)).Softmax().Sum().Item();
            }

            if (step == 0)
                reserved = backend.ReservedBytes;
        }

        Assert.Equal(reserved, backend.ReservedBytes);
        Assert.Equal(0, backend.UsedBytes);
    }
}
