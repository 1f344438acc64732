using Numerics.CudaSimulator;
using Numerics.CudaSimulator.Ptx;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda.Tests;

/// <summary>
/// The kernels on tensor cores with numbers of few bits: products and sums are exact in every precision, so that all of them have
/// to give the same.
/// </summary>
public sealed class TensorCoreTests
{
    private static readonly HashSet<string> s_executed = [];

    [Theory]
    [InlineData(3, 16, 30, 37)]
    [InlineData(2, 32, 9, 11)]
    [InlineData(1, 64, 12, 5)]
    [InlineData(8, 16, 21, 18)]
    [InlineData(16, 16, 34, 17)]
    [InlineData(16, 32, 27, 41)]
    [InlineData(32, 64, 14, 26)]
    [InlineData(64, 24, 7, 9)]
    [InlineData(64, 64, 6, 5)]
    public void They_compute_what_single_precision_does(int channelsIn, int channelsOut, int height, int width)
    {
        foreach (Padding padding in new[] { Padding.Valid, Padding.Same })
        {
            float[][] expected = Compute(CudaPrecision.Float32, channelsIn, channelsOut, height, width, padding);
            Assert.Equal(expected, Compute(CudaPrecision.TensorFloat32, channelsIn, channelsOut, height, width, padding));

            // Elsewhere the library has a part in it, and gives the kernel's gradient in bfloat16. What comes out of convolutions and pooling,
            // and the gradient of what went in, is stored in it.
            if (channelsIn % 16 != 0 || channelsOut % 16 != 0)
                continue;
            foreach (int stored in new[] { 0, 1, 2, 4, 6 })
                expected[stored] = BrainFloat.Round(expected[stored]);
            Assert.Equal(expected, Compute(CudaPrecision.BFloat16, channelsIn, channelsOut, height, width, padding));
        }
    }

    [Fact]
    public void Every_one_of_them_is_reached()
    {
        // Only the simulator notes what it executes.
        if (TestedLibraries.AreReal)
            return;
        foreach ((int channelsIn, int channelsOut) in new[] { (3, 16), (3, 32), (3, 64), (8, 16), (8, 32), (8, 64), (16, 16), (16, 32), (16, 64), (32, 64), (32, 16), (64, 32), (64, 64), (16, 8), (32, 8), (64, 8) })
        {
            foreach (CudaPrecision precision in new[] { CudaPrecision.TensorFloat32, CudaPrecision.BFloat16 })
                _ = Compute(precision, channelsIn, channelsOut, 5, 6, Padding.Same);
        }

        string[] all = [.. Enum.GetValues<KernelFamily>().SelectMany(family => PtxModule.Parse(KernelLibrary.Read(family)).Kernels.Keys).Where(name => name.StartsWith("tensor_", StringComparison.Ordinal))];
        Assert.NotEmpty(all);
        lock (s_executed)
            Assert.Empty(all.Except(s_executed));
    }

    [Fact]
    public void Devices_without_them_use_single_precision()
    {
        using var api = new SimulatedCudaApi { ComputeCapability = 75 };
        _ = Compute(api, CudaPrecision.TensorFloat32, 16, 32, 6, 6, Padding.Valid);
        Assert.DoesNotContain(api.ExecutedKernels, name => name.StartsWith("tensor_", StringComparison.Ordinal));
    }

    [Fact]
    public void Operands_are_rounded()
    {
        using var api = new SimulatedCudaApi { ComputeCapability = 80 };
        using var backend = new CudaBackend(api, options: new CudaOptions(CudaPrecision.TensorFloat32));
        using var scope = new TensorScope();
        const float Between = 1 + (1f / 1024) + (1f / 2048);
        Tensor y = Tensor.Full((1, 3, 3, 8), Between, backend).Conv2D(Tensor.Ones((3, 3, 8, 8), backend), padding: Padding.Valid);
        Assert.Equal(72 * (1 + (2f / 1024)), y.ToArray()[0]);
    }

    private static float[][] Compute(CudaPrecision precision, int channelsIn, int channelsOut, int height, int width, Padding padding)
    {
        using ICudaApi api = TestedLibraries.AreReal ? new NativeCudaApi() : new SimulatedCudaApi { ComputeCapability = 80 };
        float[][] results = Compute(api, precision, channelsIn, channelsOut, height, width, padding);
        if (api is not SimulatedCudaApi simulator)
            return results;
        lock (s_executed)
            s_executed.UnionWith(simulator.ExecutedKernels);
        return results;
    }

    private static float[][] Compute(ICudaApi api, CudaPrecision precision, int channelsIn, int channelsOut, int height, int width, Padding padding)
    {
        using var backend = new CudaBackend(api, options: new CudaOptions(precision));
        using var scope = new TensorScope();
        ulong stream = 0;
        Tensor x = Numbers((2, height, width, channelsIn)), kernel = Numbers((3, 3, channelsIn, channelsOut)), bias = Numbers(channelsOut);
        var conv = new Conv2DGeometry(x.Shape, kernel.Shape, (1, 1), padding, (1, 1), 1);
        var pool = new Pool2DGeometry(conv.OutputShape, (2, 2), (2, 2), Padding.Valid);
        Tensor full = Poisoned(conv.OutputShape), activated = Poisoned(conv.OutputShape), pooled = Poisoned(pool.OutputShape);
        Tensor argMax = Tensor.Empty(backend, pool.OutputShape, pool.ArgMaxType);
        backend.Conv2D(x, kernel, conv, full);
        backend.Conv2DBias(x, kernel, bias, conv, true, activated);
        backend.Conv2DBiasReluMaxPool(x, kernel, bias, conv, pool, pooled, argMax);
        Tensor outer = Numbers(conv.OutputShape), pooledOuter = Numbers(pool.OutputShape);
        Tensor dx = Poisoned(x.Shape), dkernel = Poisoned(kernel.Shape), pooledDx = Poisoned(x.Shape), pooledDkernel = Poisoned(kernel.Shape), dbias = Poisoned(bias.Shape);
        backend.Conv2DInputGradient(outer, kernel, conv, dx);
        backend.Conv2DKernelGradient(x, outer, conv, dkernel);
        backend.Conv2DBiasReluMaxPoolGradient(x, kernel, pooled, argMax, pooledOuter, conv, pool, pooledDx, pooledDkernel, dbias);
        return [.. new[] { full, activated, pooled, argMax.Cast(DType.Float32), dx, dkernel, pooledDx, pooledDkernel, dbias }.Select(tensor => tensor.ToArray())];

        // Quarters up to 3¾: five bits.
        Tensor Numbers(Shape shape) => (Tensor.RandomUniform(shape, -16, 16, new RandomKey(1, stream++), backend).Cast(DType.Int32).Cast(DType.Float32) * 0.25f).Keep();

        Tensor Poisoned(Shape shape) => Tensor.Full(shape, float.NaN, backend);
    }
}
