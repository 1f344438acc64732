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
