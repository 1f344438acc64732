using Numerics.Backends.Cpu;
using Numerics.Backends.Cuda;
using Numerics.CudaSimulator;
using Numerics.Tensors;

namespace Numerics.Distributed.Tests;

/// <summary>The group over NCCL, on simulated devices and a simulated NCCL.</summary>
public class NcclTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void OperationsOnDeviceTensorsAreWhatTheirNamesSay(int size)
    {
        var found = Run(size, (group, backend) =>
        {
            float[] Reduced(ReduceOperation operation)
            {
                using Tensor tensor = Tensor.From(new Shape(5), Numbers.Normal(5, (ulong)group.Rank), backend);
                group.AllReduceAsync(tensor, operation, ReductionOrder.Library, first: 1, count: 3).Wait();
                return tensor.ToArray();
            }

            int[] rows = [.. Enumerable.Range(0, size).Select(rank => rank + (rank == 1 ? -1 : 0))];
            using Tensor all = Tensor.Full(new Shape(rows.Sum(), 2), -1, backend);
            using (Tensor own = Tensor.Full(new Shape(rows[group.Rank], 2), group.Rank, backend))
                TensorRows.Copy(own, all, rows.Take(group.Rank).Sum());
            group.AllGatherAsync(all, rows).Wait();
            using Tensor mine = Tensor.Full(new Shape(2), group.Rank, backend), same = group.AllGather(mine);
            using Tensor sent = Tensor.Full(new Shape(3), group.Rank, backend);
            group.Broadcast(sent, size - 1);
            group.Barrier();
            return (Sum: Reduced(ReduceOperation.Sum), Mean: Reduced(ReduceOperation.Mean), Max: Reduced(ReduceOperation.Max), All: all.ToArray(), Same: same.ToArray(), Sent: sent.ToArray(), rows);
        });
        float[][] own = [.. Enumerable.Range(0, size).Select(rank => Numbers.Normal(5, (ulong)rank))];
        for (int rank = 0; rank < size; rank++)
        {
            Assert.Equal(own[rank][0], found[rank].Sum[0]);
            Assert.Equal(own[rank][4], found[rank].Sum[4]);
            for (int i = 1; i < 4; i++)
            {
                Assert.Equal(own.Sum(numbers => (double)numbers[i]), found[rank].Sum[i], 1e-5);
                Assert.Equal(own.Average(numbers => (double)numbers[i]), found[rank].Mean[i], 1e-5);
                Assert.Equal(own.Max(numbers => numbers[i]), found[rank].Max[i]);
            }

            Assert.Equal(Enumerable.Range(0, size).SelectMany(one => Enumerable.Repeat((float)one, 2 * found[0].rows[one])), found[rank].All);
            Assert.Equal(Enumerable.Range(0, size).SelectMany(one => new[] { (float)one, one }), found[rank].Same);
            Assert.Equal([size - 1, size - 1, size - 1], found[rank].Sent);
        }
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void GradientsAreExchangedWhileOthersAreComputed(int size, bool factors)
    {
        // Two dense layers, the first large enough for its kernel's gradient to stay a product.
        float[] x = Numbers.Normal(12 * 64, 1), first = Numbers.Normal(64 * 1100, 2), second = Numbers.Normal(1100, 3);
        float[] Gradient(Backend backend, int start, int count, Func<GradientTape, Tensor, IReadOnlyList<Variable>, Tensor[]> gradient)
        {
            using var w1 = new Variable("w1", Tensor.From((64, 1100), first, backend));
            using var b1 = new Variable("b1", Tensor.Zeros(1100, backend));
            using var w2 = new Variable("w2", Tensor.From((1100, 1), second, backend));
            using var tape = new GradientTape();
            Tensor rows = Tensor.From((count, 64), x.AsSpan(start * 64, count * 64), backend);
            Tensor loss = rows.Dense(w1, b1, relu: true).MatMul(w2).Square().Mean();
            return [.. gradient(tape, loss, [w1, b1, w2]).SelectMany(one => one.ToArray())];
        }

        using var cpu = new CpuBackend(1);
        float[] expected = Gradient(cpu, 0, 12, (tape, loss, variables) => tape.Gradient(loss, variables));
        float[][] found = Run(size, (group, backend) =>
        {
            var parallel = new DataParallel(group, new DataParallelOptions { GatherFactors = factors, BucketBytes = 1024 });
            int start = 12 * group.Rank / size, count = (12 * (group.Rank + 1) / size) - start;
            return Gradient(backend, start, count, (tape, loss, variables) => parallel.Gradient(tape, loss, variables, count));
        });
        double norm = Math.Sqrt(expected.Sum(value => (double)value * value));
        foreach (float[] gradient in found)
        {
            Assert.Equal(Numbers.Bits(found[0]), Numbers.Bits(gradient));
            Assert.InRange(Math.Sqrt(gradient.Zip(expected, (a, b) => (double)(a - b) * (a - b)).Sum()), 0, 1e-5 * norm);
        }
    }

    [Fact]
    public void WhatNcclCannotDoIsAnErrorThatSaysSo()
    {
        string[] found = Run(1, (group, backend) =>
        {
            using Tensor tensor = Tensor.Zeros(new Shape(2), backend);
            return Assert.Throws<NotSupportedException>(() => group.AllReduce(tensor)).Message
                + "|" + Assert.Throws<NotSupportedException>(() => group.AllReduce(tensor, order: ReductionOrder.Library, compression: Compression.BFloat16)).Message
                + "|" + group.Description;
        });
        Assert.Equal("NCCL adds in an order of its own: ask for ReductionOrder.Library|Compression.BFloat16: tensors go through NCCL as they are|NCCL 2.23.4, cuda:0; 1 threads", found[0]);
    }

    [Fact]
    public void WithoutTheLibraryTheMessageSaysWhatWasTried()
    {
        if (CudaLibraries.Candidates(CudaLibrary.Nccl).Any(File.Exists))
            return;
        string message = Assert.Throws<BackendUnavailableException>(() => new NativeNcclApi()).Message;
        Assert.StartsWith("NCCL was not found; tried ", message, StringComparison.Ordinal);
        Assert.Contains("libnccl.so.2", message, StringComparison.Ordinal);
    }

    private static T[] Run<T>(int size, Func<ProcessGroup, CudaBackend, T> process)
    {
        using var world = new SimulatedNccl.World(size);
        return ThreadGroup.Run(size, control =>
        {
            using var cuda = new SimulatedCudaApi();
            using var backend = new CudaBackend(cuda);
            T result;
            using (var group = new NcclProcessGroup(backend, control, new SimulatedNccl(world, cuda)))
                result = process(group, backend);
            backend.Dispose();
            Assert.Empty(cuda.Leaks);
            return result;
        });
    }
}
