using Numerics.Backends.Cpu;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <summary>Training asks the operating system for memory in its first steps and never again.</summary>
[Collection(nameof(UsesDefaultBackend))]
public sealed class MemoryOfTraining
{
    [Fact]
    public void A_thousand_steps_do_not_grow()
    {
        using var backend = new CpuBackend(2);
        Backend.Default = backend;
        try
        {
            using (Sequential model = TinyNetwork.Create())
            {
                model.Compile(new Adam(), new CategoricalFocalLoss(), [new CategoricalAccuracy()]);
                NDArray x = TinyNetwork.Pictures(4, 1), y = TinyNetwork.Labels(4);
                for (int step = 0; step < 5; step++)
                    _ = model.TrainOnBatch(x, y);
                long reserved = backend.ReservedBytes, used = backend.UsedBytes;
                for (int step = 0; step < 1000; step++)
                    _ = model.TrainOnBatch(x, y);
                Assert.Equal(used, backend.UsedBytes);
                Assert.Equal(reserved, backend.ReservedBytes);
            }

            Assert.Equal(0, backend.UsedBytes);
        }
        finally
        {
            Backend.Default = null;
        }
    }

    [Fact]
    public void Fifty_epochs_take_what_the_first_one_took()
    {
        using var backend = new CpuBackend(2);
        Backend.Default = backend;
        try
        {
            using Sequential model = TinyNetwork.Create();
            model.Compile(new Adam { UseEma = true, GradientAccumulationSteps = 2 }, new CategoricalFocalLoss(), [new CategoricalAccuracy(), new AUC()]);
            var reserved = new List<long>();
            var used = new List<long>();
            var watch = new LambdaCallback(onEpochEnd: (_, _) =>
            {
                reserved.Add(backend.ReservedBytes);
                used.Add(backend.UsedBytes);
            });

            // A last batch that is smaller, and a validation of other sizes.
            NDArray x = TinyNetwork.Pictures(22, 1), y = TinyNetwork.Labels(22);
            History history = model.Fit(x, y, batchSize: 8, epochs: 50, validationSplit: 0.25, callbacks: [new EarlyStopping("loss", patience: 50), watch], verbose: 0);
            Assert.Equal(50, history.Epoch.Count);
            Assert.All(reserved, bytes => Assert.Equal(reserved[0], bytes));
            Assert.All(used, bytes => Assert.Equal(used[0], bytes));
        }
        finally
        {
            Backend.Default = null;
        }
    }

    [Fact]
    public void Training_forgets_no_tensor()
    {
        long before = TensorDiagnostics.ForgottenTensors;
        using (var backend = new CpuBackend(1))
            _ = TinyNetwork.Train(backend, steps: 3);
        Collect();
        Assert.Equal(before, TensorDiagnostics.ForgottenTensors);
    }

    [Fact]
    public void A_forgotten_tensor_returns_its_memory()
    {
        using var backend = new CpuBackend(1);
        Forget(backend);
        Collect();
        Assert.Equal(0, backend.UsedBytes);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Forget(CpuBackend backend)
    {
        _ = Tensor.Zeros(1000, backend);
        Assert.NotEqual(0, backend.UsedBytes);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
