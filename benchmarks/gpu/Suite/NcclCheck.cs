using Numerics.Backends.Cuda;
using Numerics.Distributed;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Gpu;

/// <summary>NCCL's own library with the one GPU that there is: as much of the bindings as one process can show.</summary>
internal static class NcclCheck
{
    public static bool Run()
    {
        using var backend = new CudaBackend();
        Backend.Default = backend;
        using var group = new NcclProcessGroup(backend, new SingleProcessGroup());
        Console.WriteLine(group.Description);
        bool isRight = true;
        void Check(string what, bool holds)
        {
            Console.WriteLine($"{(holds ? "ok" : "FAILED")} {what}");
            isRight &= holds;
        }

        using (new TensorScope())
        {
            var random = Tensor.RandomNormal(1 << 20);
            float[] numbers = random.ToArray();
            foreach (ReduceOperation operation in Enum.GetValues<ReduceOperation>())
            {
                var tensor = Tensor.From(1 << 20, numbers);
                group.AllReduceAsync(tensor, operation, ReductionOrder.Library).Wait();
                Check($"all-reduce, {operation}", numbers.AsSpan().SequenceEqual(tensor.ToArray()));
            }

            group.AllGatherAsync(random, [1 << 20]).Wait();
            group.Broadcast(random);
            group.Barrier();
            Check("all-gather and broadcast", numbers.AsSpan().SequenceEqual(random.ToArray()));
        }

        Check("weights after training with NCCL", Train(group).AsSpan().SequenceEqual(Train(new SingleProcessGroup())));
        return isRight;
    }

    // Four parts a batch, so that gradients are added and sent although there is one process.
    private static float[] Train(ProcessGroup group)
    {
        RandomGenerator.SetSeed(3);
        using var model = new Sequential
        {
            new Input((12, 12, 3)), new Conv2D(8, 3, activation: Activation.Relu), new MaxPooling2D(2), new Flatten(), new Dense(2048, activation: Activation.Relu),
            new Dense(2, activation: Activation.Softmax),
        };
        model.Compile(new Adam(0.01f), new CategoricalFocalLoss());
        model.Strategy = new DataParallel(group, new DataParallelOptions { Shards = 4, Order = ReductionOrder.Library, GatherFactors = false });
        var x = new NDArray((16, 12, 12, 3));
        Philox.FillUniform(new RandomKey(4, 1), 0, x.AsSpan<float>());
        var y = new NDArray((16, 2));
        for (int i = 0; i < 16; i++)
            y.AsSpan<float>()[(2 * i) + (i % 2)] = 1;
        for (int step = 0; step < 5; step++)
            _ = model.TrainOnBatch(x, y);
        return [.. model.Variables.SelectMany(variable => variable.Value.ToArray())];
    }
}
