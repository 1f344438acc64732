using Numerics.Backends.Cpu;
using Numerics.CudaSimulator;
using Numerics.Tensors;
using Numerics.Tests.Conformance;

namespace Numerics.Backends.Cuda.Tests;

/// <summary>What the backend does around its ops: memory, errors, options, whole trainings.</summary>
public sealed class CudaBackendTests : IDisposable
{
    // Trainings here set the default backend; the other tests of the assembly want theirs back.
    public void Dispose() => Backend.Default = DefaultIsCuda.Backend;

    [Fact]
    public void Everything_is_given_back()
    {
        using var api = new SimulatedCudaApi();
        using (var backend = new CudaBackend(api))
        {
            using var scope = new TensorScope();
            Tensor x = Tensor.Ones((8, 8), backend);
            Assert.Equal(512, x.Dense(x, Tensor.Zeros(8, backend), relu: true).Sum().Item());
            _ = Tensor.Ones((1, 5, 5, 2), backend).Conv2D(Tensor.Ones((3, 3, 2, 3), backend)).ToArray();
            _ = x.MatMul(x).ToArray();
        }

        Assert.Empty(api.Leaks);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((4 << 20) - 1)]
    [InlineData(4 << 20)]
    [InlineData((9 << 20) + 5)]
    public void Arrays_of_any_size_travel_both_ways(int count)
    {
        using var backend = new CudaBackend(new SimulatedCudaApi(), ownsApi: true);
        using var scope = new TensorScope();
        var bytes = NDArray.Empty(count, DType.UInt8);
        new Random(count).NextBytes(bytes.Bytes);
        Tensor tensor = Tensor.From(bytes, backend);

        // A second upload while the first is under way, to catch a buffer that is used again too early.
        _ = Tensor.From(NDArray.Empty(count, DType.UInt8), backend);
        Assert.True(tensor.ToNDArray().Bytes.SequenceEqual(bytes.Bytes));
    }

    [Fact]
    public void Memory_that_waits_for_reuse_is_freed_before_giving_up()
    {
        var api = new SimulatedCudaApi { MemoryLimit = 40 << 20 };
        using var backend = new CudaBackend(api, ownsApi: true);
        Tensor.Zeros(5 << 20, backend).Dispose();
        using Tensor other = Tensor.Zeros(7 << 20, backend);
        Assert.Equal(0, other.Sum().Item());
    }

    [Fact]
    public void Too_large_a_tensor_is_an_error_that_says_so_and_harms_nothing()
    {
        using var backend = new CudaBackend(new SimulatedCudaApi { MemoryLimit = 40 << 20 }, ownsApi: true);
        using Tensor kept = Tensor.Ones(1 << 20, backend);
        CudaException error = Assert.Throws<CudaException>(() => Tensor.Zeros(100 << 20, backend));
        Assert.Contains("cuda:0: no 4", error.Message, StringComparison.Ordinal);
        Assert.Contains("smaller batch", error.Message, StringComparison.Ordinal);
        Assert.Equal(1 << 20, kept.Sum().Item());
    }

    [Fact]
    public void A_failing_call_surfaces_with_its_name()
    {
        using var api = new SimulatedCudaApi();
        using var backend = new CudaBackend(api);
        using Tensor x = Tensor.Ones(10, backend);
        api.FailNext(nameof(ICudaApi.Launch), 700);
        CudaException error = Assert.Throws<CudaException>(() => x.Exp());
        Assert.Equal(700, error.Status);
        Assert.Contains("Launch failed with status 700", error.Message, StringComparison.Ordinal);
        using Tensor y = x.Exp();
        Assert.Equal(MathF.E, y.ToArray()[9], 1e-6f);
    }

    [Fact]
    public void A_library_that_is_missing_is_named_when_it_is_needed()
    {
        using var api = new SimulatedCudaApi();
        using var backend = new CudaBackend(api);
        using Tensor x = Tensor.Ones((4, 4), backend);
        api.FailNext(nameof(ICudaApi.CreateBlas), new BackendUnavailableException("cuBLAS was not found; tried libcublas.so.13"));
        Assert.Contains("cuBLAS", Assert.Throws<BackendUnavailableException>(() => x.MatMul(x)).Message, StringComparison.Ordinal);
        using Tensor sum = x + x;
        Assert.Equal(32, sum.Sum().Item());
    }

    [Fact]
    public void A_device_that_is_not_there_or_too_old_is_refused()
    {
        using var api = new SimulatedCudaApi();
        Assert.Contains("cuda:3: the driver finds 1 device", Assert.Throws<BackendUnavailableException>(() => new CudaBackend(api, 3)).Message, StringComparison.Ordinal);
        using var old = new SimulatedCudaApi { ComputeCapability = 61 };
        Assert.Contains("compute capability 6.1", Assert.Throws<BackendUnavailableException>(() => new CudaBackend(old)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_driver_the_error_says_what_was_tried()
    {
        if (CudaIsHere())
            return;
        BackendUnavailableException error = Assert.Throws<BackendUnavailableException>(() => new CudaBackend());
        Assert.Contains("driver", error.Message, StringComparison.Ordinal);
        Assert.Contains(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_gives_the_same_bits_again()
    {
        float[] first = Train(new CudaOptions()), second = Train(new CudaOptions());
        Assert.Equal(first, second);
    }

    /// <summary>Ten steps of Adam from the same weights: rounding differs, and training amplifies it.</summary>
    [Fact]
    public void Ten_steps_follow_the_cpu()
    {
        using var cpu = new CpuBackend(1);
        float[] expected = TinyNetwork.Train(cpu, steps: 10);
        Close(expected, Train(new CudaOptions(), steps: 10), 2e-3);
    }

    [Theory]
    [InlineData(CudaPrecision.TensorFloat32, 0.05)]
    [InlineData(CudaPrecision.BFloat16, 0.2)]
    public void Lower_precisions_stay_near(CudaPrecision precision, double tolerance)
    {
        float[] expected = Train(new CudaOptions()), actual = Train(new CudaOptions(precision));
        Assert.NotEqual(expected, actual);
        Close(expected, actual, tolerance);
    }

    [Fact]
    public void Measured_algorithms_compute_the_same() => Close(Train(new CudaOptions()), Train(new CudaOptions(Deterministic: false)), 1e-3);

    [Fact]
    public void Training_asks_for_memory_in_its_first_steps_only()
    {
        using var backend = new CudaBackend(new SimulatedCudaApi(), ownsApi: true);
        Backend.Default = backend;
        using var model = TinyNetwork.Create();
        model.Compile(new Nn.Adam(), new Losses.CategoricalFocalLoss());
        NDArray x = TinyNetwork.Pictures(2, 1), y = TinyNetwork.Labels(2);
        for (int step = 0; step < 3; step++)
            _ = model.TrainOnBatch(x, y);
        long reserved = backend.ReservedBytes, used = backend.UsedBytes;
        for (int step = 0; step < 40; step++)
            _ = model.TrainOnBatch(x, y);
        Assert.Equal(used, backend.UsedBytes);
        Assert.Equal(reserved, backend.ReservedBytes);
    }

    [Fact]
    public void Another_thread_can_use_the_backend()
    {
        using var backend = new CudaBackend(new SimulatedCudaApi(), ownsApi: true);
        using Tensor x = Tensor.Ones(100, backend);
        float sum = 0;
        var thread = new Thread(() =>
        {
            using var scope = new TensorScope();
            sum = (x + x).Sum().Item();
        });
        thread.Start();
        thread.Join();
        Assert.Equal(200, sum);
    }

    private static float[] Train(CudaOptions options, int steps = 3)
    {
        using var backend = new CudaBackend(new SimulatedCudaApi(), options: options, ownsApi: true);
        return TinyNetwork.Train(backend, steps);
    }

    private static void Close(float[] expected, float[] actual, double tolerance)
    {
        double distance = 0, norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            distance += Math.Pow(expected[i] - actual[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        Assert.InRange(Math.Sqrt(distance / norm), 0, tolerance);
    }

    private static bool CudaIsHere()
    {
        try
        {
            using var api = new NativeCudaApi();
            return true;
        }
        catch (BackendUnavailableException)
        {
            return false;
        }
    }
}
