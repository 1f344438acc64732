using Numerics.Tensors;

namespace Numerics.Distributed.Mpi;

/// <summary>Checks every operation of a group of processes against what each process can compute by itself.</summary>
internal static class Operations
{
    public static bool Check(ProcessGroup group, TextWriter output)
    {
        output.WriteLine(group.Description);
        int passed = 0, failed = 0;
        void Report(string name, bool holds)
        {
            // A check holds where it holds in every process.
            if (Array.TrueForAll(group.AllGather(holds ? 1 : 0), said => said == 1))
            {
                passed++;
                return;
            }

            failed++;
            output.WriteLine($"failed: {name}");
        }

        foreach (int count in (int[])[1, 7, 1024, 1025, 70_001, 300_001])
        {
            float[][] all = [.. Enumerable.Range(0, group.Size).Select(rank => Numbers(count, rank))];
            float[] Reduced(ReduceOperation operation, ReductionOrder order, Compression compression = Compression.None)
            {
                using Tensor tensor = Tensor.From(new Shape(count), all[group.Rank]);
                group.AllReduce(tensor, operation, order, compression);
                return tensor.ToArray();
            }

            bool Near(float[] found, Func<int, double> exact, double bound) =>
                Enumerable.Range(0, count).All(i => Math.Abs(found[i] - exact(i)) <= bound * Math.Max(1, all.Sum(numbers => Math.Abs(numbers[i]))));
            Report($"sum in a fixed order of {count}", Tree(all).AsSpan().SequenceEqual(Reduced(ReduceOperation.Sum, ReductionOrder.Fixed)));
            Report($"sum of {count}", Near(Reduced(ReduceOperation.Sum, ReductionOrder.Library), i => all.Sum(numbers => (double)numbers[i]), 1e-6));
            Report($"mean of {count}", Near(Reduced(ReduceOperation.Mean, ReductionOrder.Library), i => all.Average(numbers => (double)numbers[i]), 1e-6));
            Report($"maximum of {count}", Near(Reduced(ReduceOperation.Max, ReductionOrder.Fixed), i => all.Max(numbers => numbers[i]), 0));
            Report($"compressed sum of {count}", Near(Reduced(ReduceOperation.Sum, ReductionOrder.Fixed, Compression.BFloat16), i => all.Sum(numbers => (double)numbers[i]), 1 / 128.0));

            int[] rows = [.. Enumerable.Range(0, group.Size).Select(rank => rank % 3)];
            using Tensor collected = Tensor.Full(new Shape(rows.Sum(), count), -1);
            using (Tensor own = Tensor.Full(new Shape(rows[group.Rank], count), group.Rank))
                TensorPlaces.Set(collected, own, rows.Take(group.Rank).Sum());
            group.AllGatherAsync(collected, rows).Wait();
            float[] expected = [.. Enumerable.Range(0, group.Size).SelectMany(rank => Enumerable.Repeat((float)rank, rows[rank] * count))];
            Report($"rows of {count}", expected.AsSpan().SequenceEqual(collected.ToArray()));

            using Tensor sent = Tensor.From(new Shape(count), all[group.Rank]);
            group.Broadcast(sent, root: group.Size - 1);
            Report($"broadcast of {count}", all[^1].AsSpan().SequenceEqual(sent.ToArray()));
        }

        Tensor[] tensors = [.. Enumerable.Range(0, 30).Select(i => Tensor.Full(new Shape(1 + (i * 997)), i + group.Rank))];
        Communication[] underWay = [.. tensors.Select(tensor => group.AllReduceAsync(tensor))];
        foreach (Communication communication in underWay)
            communication.Wait();
        int ranks = group.Size * (group.Size - 1) / 2;
        Report("many under way", tensors.Select((tensor, i) => tensor.ToArray().All(value => value == (i * group.Size) + ranks)).All(holds => holds));
        foreach (Tensor tensor in tensors)
            tensor.Dispose();

        byte[] own4 = [1, (byte)group.Rank, 3], all4 = new byte[3 * group.Size];
        group.AllGather(own4, all4);
        group.Barrier();
        Report("bytes", Enumerable.Range(0, group.Size).All(rank => all4[(3 * rank) + 1] == rank));
        NodePlacement placement = NodePlacement.Of(group);
        Report("places", placement.LocalRank < placement.LocalSize && placement.LocalSize <= group.Size && placement.Threads >= 1);
        output.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0;
    }

    private static float[] Numbers(int count, int rank)
    {
        float[] numbers = new float[count];
        Philox.FillUniform(new RandomKey(9, (ulong)rank), 0, numbers);
        for (int i = 0; i < count; i++)
            numbers[i] -= 0.5f;
        return numbers;
    }

    private static float[] Tree(float[][] vectors)
    {
        while (vectors.Length > 1)
            vectors = [.. vectors.Chunk(2).Select(pair => pair.Length == 1 ? pair[0] : [.. pair[0].Zip(pair[1], (a, b) => a + b)])];
        return vectors[0];
    }
}
