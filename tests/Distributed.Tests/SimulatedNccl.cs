using Numerics.CudaSimulator;

namespace Numerics.Distributed.Tests;

/// <summary>
/// NCCL for threads of one process, each with a simulated device: work waits on its stream until somebody waits for that, and for the
/// other processes then. Checks what NCCL asks for: handles, addresses, and the same calls in the same order everywhere.
/// </summary>
internal sealed unsafe class SimulatedNccl(SimulatedNccl.World world, SimulatedCudaApi cuda) : INcclApi
{
    private int _rank = -1;
    private bool _isTogether;
    private bool _left;

    public int Version => 22304;

    public byte[] GetUniqueId() => [.. world.Id];

    public nint Join(byte[] id, int size, int rank)
    {
        Assert.Equal(world.Id, id);
        Assert.Equal(world.Size, size);
        _rank = rank;
        world.Meet();
        return 0xC0 + rank;
    }

    public void Leave(nint group)
    {
        Check(group);
        _left = true;
    }

    public void Abort(nint group) => _left = true;

    public void AllReduce(ulong data, long count, NcclReduction reduction, nint group, nint stream) =>
        Enqueue($"ncclAllReduce {count} {reduction}", data, count * sizeof(float), group, stream, all =>
        {
            float[] result = new float[count];
            for (int i = 0; i < count; i++)
            {
                // From the last process on: an order of its own, unlike that of other engines.
                float value = ((float*)all[^1])[i];
                for (int rank = all.Length - 2; rank >= 0; rank--)
                    value = reduction == NcclReduction.Max ? Math.Max(value, ((float*)all[rank])[i]) : value + ((float*)all[rank])[i];
                result[i] = reduction == NcclReduction.Average ? value / all.Length : value;
            }

            return () => result.CopyTo(new Span<float>((float*)all[_rank], (int)count));
        });

    public void Broadcast(ulong data, long bytes, int root, nint group, nint stream) =>
        Enqueue($"ncclBroadcast {bytes} {root}", data, bytes, group, stream, all =>
        {
            byte[] copy = new ReadOnlySpan<byte>((void*)all[root], (int)bytes).ToArray();
            return () => copy.CopyTo(new Span<byte>((void*)all[_rank], (int)bytes));
        });

    public void AllGather(ulong all, long bytesOfEach, int rank, nint group, nint stream)
    {
        Assert.Equal(_rank, rank);
        Enqueue($"ncclAllGather {bytesOfEach}", all, bytesOfEach * world.Size, group, stream, addresses =>
        {
            byte[] copy = new byte[bytesOfEach * world.Size];
            for (int i = 0; i < world.Size; i++)
                new ReadOnlySpan<byte>((byte*)addresses[i] + (i * bytesOfEach), (int)bytesOfEach).CopyTo(copy.AsSpan((int)(i * bytesOfEach)));
            return () => copy.CopyTo(new Span<byte>((void*)addresses[_rank], copy.Length));
        });
    }

    public void BeginTogether()
    {
        Assert.False(_isTogether);
        _isTogether = true;
    }

    public void EndTogether()
    {
        Assert.True(_isTogether);
        _isTogether = false;
    }

    private void Check(nint group)
    {
        Assert.Equal(0xC0 + _rank, group);
        Assert.False(_left);
    }

    private void Enqueue(string call, ulong address, long bytes, nint group, nint stream, Func<nint[], Action> work)
    {
        Check(group);
        _ = cuda.Memory.Find(address, bytes);
        cuda.EnqueueWork(stream, () =>
        {
            world.Calls[_rank] = call;
            world.Addresses[_rank] = (nint)cuda.Memory.Pointer(address, bytes);
            world.Meet();
            Assert.All(world.Calls, other => Assert.Equal(call, other));
            Action finish = work(world.Addresses);
            world.Meet();
            finish();
            world.Meet();
        }, "nccl");
    }

    /// <summary>The processes of a group.</summary>
    internal sealed class World(int size) : IDisposable
    {
        private readonly Barrier _barrier = new(size);

        public int Size => size;

        public byte[] Id { get; } = [.. Enumerable.Range(0, NcclUniqueId.Bytes).Select(i => (byte)(i * 7))];

        public nint[] Addresses { get; } = new nint[size];

        public string[] Calls { get; } = new string[size];

        public void Meet() => Assert.True(_barrier.SignalAndWait(TimeSpan.FromSeconds(30)), "a process did not come");

        public void Dispose() => _barrier.Dispose();
    }
}
