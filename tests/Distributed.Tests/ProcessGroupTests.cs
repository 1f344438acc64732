using Numerics.Tensors;

namespace Numerics.Distributed.Tests;

public class ProcessGroupTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 1)]
    [InlineData(3, 1000)]
    [InlineData(4, 4099)]
    [InlineData(5, 70_001)]
    [InlineData(8, 7)]
    public void SumsAreThoseOfATreeOverTheRanksToTheLastBit(int size, int count)
    {
        float[][] own = [.. Enumerable.Range(0, size).Select(rank => Numbers.Normal(count, (ulong)rank))];
        int[] expected = Numbers.Bits(Tree(own));
        float[][] found = ThreadGroup.Run(size, group =>
        {
            using Tensor tensor = Tensor.From(new Shape(count), own[group.Rank]);
            group.AllReduce(tensor);
            return tensor.ToArray();
        });
        Assert.All(found, sum => Assert.Equal(expected, Numbers.Bits(sum)));
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(4, 5003)]
    public void OperationsOfTheLibraryAreWhatTheirNamesSay(int size, int count)
    {
        float[][] own = [.. Enumerable.Range(0, size).Select(rank => Numbers.Normal(count, (ulong)rank))];
        var found = ThreadGroup.Run(size, group =>
        {
            float[] Of(ReduceOperation operation, ReductionOrder order)
            {
                using Tensor tensor = Tensor.From(new Shape(count), own[group.Rank]);
                group.AllReduce(tensor, operation, order);
                return tensor.ToArray();
            }

            return (Mean: Of(ReduceOperation.Mean, ReductionOrder.Fixed), Max: Of(ReduceOperation.Max, ReductionOrder.Fixed), Sum: Of(ReduceOperation.Sum, ReductionOrder.Library));
        });
        foreach (var (mean, max, sum) in found)
        {
            for (int i = 0; i < count; i++)
            {
                double exact = own.Sum(numbers => (double)numbers[i]);
                Assert.Equal(exact, sum[i], 1e-5);
                Assert.Equal(exact / size, mean[i], 1e-5);
                Assert.Equal(own.Max(numbers => numbers[i]), max[i]);
            }
        }
    }

    [Theory]
    [InlineData(2, 10)]
    [InlineData(3, 4097)]
    public void CompressedSumsAreRoundedToBFloat16AndAlikeInAllProcesses(int size, int count)
    {
        float[][] own = [.. Enumerable.Range(0, size).Select(rank => Numbers.Normal(count, (ulong)rank))];
        float[][] found = ThreadGroup.Run(size, group =>
        {
            using Tensor tensor = Tensor.From(new Shape(count), own[group.Rank]);
            group.AllReduce(tensor, compression: Compression.BFloat16);
            return tensor.ToArray();
        });
        Assert.All(found, sum => Assert.Equal(Numbers.Bits(found[0]), Numbers.Bits(sum)));
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(0, BitConverter.SingleToInt32Bits(found[0][i]) & 0xFFFF);
            double bound = own.Sum(numbers => Math.Abs(numbers[i])) / 128;
            Assert.InRange(found[0][i] - own.Sum(numbers => (double)numbers[i]), -bound, bound);
        }
    }

    [Fact]
    public void RowsOfAllAreCollectedInTheOrderOfTheRanks()
    {
        int[] rows = [2, 0, 3];
        float[][] found = ThreadGroup.Run(3, group =>
        {
            using Tensor all = Tensor.From(new Shape(5, 2), [.. Enumerable.Repeat(-1f, 10)]), own = Tensor.Full(new Shape(rows[group.Rank], 2), group.Rank);
            TensorRows.Copy(own, all, rows.Take(group.Rank).Sum());
            group.AllGatherAsync(all, rows).Wait();
            using Tensor same = group.AllGather(Tensor.Full(new Shape(1), 10 + group.Rank));
            return all.ToArray().Concat(same.ToArray()).ToArray();
        });
        Assert.All(found, all => Assert.Equal([0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 10, 11, 12], all));
    }

    [Fact]
    public void BytesNumbersAndTensorsOfOneProcessReachAll()
    {
        var found = ThreadGroup.Run(3, group =>
        {
            byte[] bytes = [(byte)group.Rank, 7];
            group.Broadcast(bytes, root: 1);
            using Tensor tensor = Tensor.Full(new Shape(2), group.Rank);
            group.Broadcast(tensor, root: 2);
            group.Barrier();
            return (bytes, numbers: group.AllGather(group.Rank * group.Rank), tensor: tensor.ToArray());
        });
        Assert.All(found, all =>
        {
            Assert.Equal([1, 7], all.bytes);
            Assert.Equal([0, 1, 4], all.numbers);
            Assert.Equal([2, 2], all.tensor);
        });
    }

    [Fact]
    public void SeveralOperationsUnderWayAreCarriedOutInOrder()
    {
        float[][] found = ThreadGroup.Run(4, group =>
        {
            Tensor[] tensors = [.. Enumerable.Range(0, 20).Select(i => Tensor.Full(new Shape(3000), i + group.Rank))];
            Communication[] underWay = [.. tensors.Select(tensor => group.AllReduceAsync(tensor, first: 1))];
            foreach (Communication communication in underWay.Reverse())
                communication.Wait();
            Assert.All(underWay, communication => Assert.True(communication.IsCompleted));
            Assert.All(tensors.Select((tensor, i) => (tensor, i)), pair => Assert.Equal(pair.i + group.Rank, pair.tensor.ToArray()[0]));
            float[] sums = [.. tensors.Select(tensor => tensor.ToArray()[2999])];
            foreach (Tensor tensor in tensors)
                tensor.Dispose();
            return sums;
        });
        Assert.All(found, sums => Assert.Equal(Enumerable.Range(0, 20).Select(i => (4f * i) + 6), sums));
    }

    [Fact]
    public void AProcessThatFailsEndsTheWaitingOfTheOthers()
    {
        var error = Assert.Throws<AggregateException>(() => ThreadGroup.Run(3, group =>
        {
            if (group.Rank == 1)
                throw new InvalidOperationException("out of disk");
            group.Barrier();
            return 0;
        }));
        Assert.StartsWith("out of disk", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.InnerExceptions.Count(inner => inner is ProcessGroupException));
    }

    [Fact]
    public void AProcessThatIsToldToStopDoesNotWaitForOneThatHasEnded()
    {
        string[] found = ThreadGroup.Run(2, group =>
        {
            if (group.Rank == 1)
            {
                // Never arrives at the barrier before the other has given up.
                Thread.Sleep(1500);
                group.MarkBroken();
                return "";
            }

            using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
            group.StopToken = stop.Token;
            string message = Assert.Throws<ProcessGroupException>(group.Barrier).Message;
            group.StopToken = default;
            return message;
        });
        Assert.StartsWith("this process, 0 of 2, was told to stop while it waited", found[0], StringComparison.Ordinal);
    }

    [Fact]
    public void BFloat16IsNearestTiesToEven()
    {
        float[] numbers = [1, -0f, 0.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, BitConverter.Int32BitsToSingle(0x3F80_8000), BitConverter.Int32BitsToSingle(0x3F81_8000), BitConverter.Int32BitsToSingle(0x3F80_8001), float.Epsilon, .. Numbers.Normal(50, 3)];
        ushort[] narrow = new ushort[numbers.Length];
        float[] wide = new float[numbers.Length];
        unsafe
        {
            fixed (float* from = numbers, to = wide)
            fixed (ushort* middle = narrow)
            {
                BFloat16Numbers.Narrow(from, middle, numbers.Length);
                BFloat16Numbers.Widen(middle, to, numbers.Length);
            }
        }

        Assert.Equal([1, -0f, 0.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.PositiveInfinity], wide[..7]);
        Assert.Equal([0x3F80, 0x3F82, 0x3F81, 0], narrow[7..11]);
        for (int i = 11; i < numbers.Length; i++)
            Assert.InRange(Math.Abs(wide[i] - numbers[i]), 0, Math.Abs(numbers[i]) / 256);
    }

    private static float[] Tree(float[][] vectors)
    {
        while (vectors.Length > 1)
        {
            vectors = [.. vectors.Chunk(2).Select(pair => pair.Length == 1 ? pair[0] : pair[0].Zip(pair[1], (a, b) => a + b).ToArray())];
        }

        return vectors[0];
    }
}
