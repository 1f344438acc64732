using System.Security.Cryptography;
using Numerics.CudaSimulator;
using Numerics.CudaSimulator.Ptx;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda.Tests;

public sealed class KernelTests
{
    public static TheoryData<string> Families => [.. Enum.GetNames<KernelFamily>()];

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_file_is_executable_to_the_last_instruction(string family) =>
        Assert.NotEmpty(PtxModule.Parse(KernelLibrary.Read(Enum.Parse<KernelFamily>(family))).Kernels);

    /// <summary>A kernel's source that was changed without kernels/build.sh is found here, without a compiler.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Every_file_was_made_from_the_sources_beside_it(string family)
    {
        string folder = KernelFolder(), name = SnakeCase.Of(family);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string source in Directory.GetFiles(folder, "*.cuh").Order(StringComparer.Ordinal).Append(Path.Combine(folder, name + ".cu")))
            hash.AppendData(File.ReadAllBytes(source));
        string expected = $"// sources: {Convert.ToHexStringLower(hash.GetHashAndReset())}";
        string actual = KernelLibrary.Read(Enum.Parse<KernelFamily>(family)).Split('\n')[0].TrimEnd();
        Assert.True(expected == actual, $"kernels/{name}.ptx is not what kernels/{name}.cu gives: run kernels/build.sh");
    }

    /// <summary>Runs every op, so that no kernel is shipped that nothing reaches; what they compute is the conformance suite's.</summary>
    [Fact]
    public void Every_kernel_is_reached_by_an_op()
    {
        using var api = new SimulatedCudaApi();
        using (var backend = new CudaBackend(api))
        {
            using var scope = new TensorScope();
            RunEverything(backend);
        }

        string[] all = [.. Enum.GetValues<KernelFamily>().SelectMany(family => PtxModule.Parse(KernelLibrary.Read(family)).Kernels.Keys)];

        // Those of other precisions have tests of their own.
        string[] missing = [.. all.Except(api.ExecutedKernels).Where(name => !name.Contains("bfloat16", StringComparison.Ordinal) && !name.EndsWith("_narrow", StringComparison.Ordinal) && !name.EndsWith("_halves", StringComparison.Ordinal) && !name.StartsWith("tensor_", StringComparison.Ordinal))];
        Assert.Empty(missing);
        Assert.True(all.Length > 100);
    }

    [Fact]
    public void Brain_floats_reach_their_kernels()
    {
        using var api = new SimulatedCudaApi();
        using (var backend = new CudaBackend(api, options: new CudaOptions(CudaPrecision.BFloat16)))
        {
            using var scope = new TensorScope();
            _ = Tensor.Ones((1, 4, 4, 2), backend).Conv2D(Tensor.Ones((3, 3, 2, 4), backend)).ToArray();
        }

        Assert.Superset(new HashSet<string> { "cast_float32_bfloat16", "cast_bfloat16_float32" }, new HashSet<string>(api.ExecutedKernels));
    }

    private static void RunEverything(CudaBackend b)
    {
        Tensor x = Tensor.RandomUniform((4, 6), 0.1f, 1, new RandomKey(1, 1), b), y = Tensor.Empty(b, (4, 6)), wide = Tensor.RandomNormal((3, 2_000), 0, 1, new RandomKey(1, 2), b);
        foreach (UnaryKind kind in Enum.GetValues<UnaryKind>())
        {
            b.Unary(new UnaryOp(kind, 0.5f, 0.75f), x, y);
            b.UnaryGradient(new UnaryOp(kind, 0.5f, 0.75f), x, y, x, y);
        }

        Tensor row = Tensor.Ones(6, b), column = Tensor.Ones((4, 1), b), bias = Tensor.Ones(6, b);
        foreach (BinaryOp op in Enum.GetValues<BinaryOp>())
        {
            b.Binary(op, x, x, y);
            b.Binary(op, x, row, y);
        }

        b.Select(x, x, x, y);
        b.Broadcast(column, y);
        b.Broadcast(column, Tensor.Empty(b, (4, 8)));
        Tensor bytes = x.Cast(DType.UInt8);
        foreach (DType from in Enum.GetValues<DType>())
        {
            foreach (DType to in Enum.GetValues<DType>().Where(to => to != from))
                _ = x.Cast(from).Cast(to);
        }

        foreach (ReduceOp op in Enum.GetValues<ReduceOp>())
        {
            b.Reduce(op, wide.View([1, 3, 2_000]), Tensor.Empty(b, [1, 2_000]));
            b.Reduce(op, wide.View([3, 2_000, 1]), Tensor.Empty(b, [3, 1]));
        }

        _ = x.ArgMax(0);
        _ = x.ArgMax(1);
        Tensor z = Tensor.Empty(b, (4, 6)), alpha = Tensor.Ones(1, b);
        var focal = new FocalTerm(2, 0.5f);
        foreach (int length in new[] { 2, 3, 6, 8, 10, 600, 2_000 })
        {
            Tensor rows = Tensor.RandomUniform((3, length), 0.1f, 1, new RandomKey(1, 4), b), result = Tensor.Empty(b, (3, length)), losses = Tensor.Empty(b, 3);
            b.Softmax(rows, result);
            b.SoftmaxGradient(rows, rows, result);
            b.LogSoftmax(rows, result);
            b.LogSoftmaxGradient(rows, rows, result);
            foreach (Tensor labels in new[] { rows, Tensor.Zeros(3, b).Cast(DType.Int32) })
            {
                b.CategoricalFocal(labels, rows, alpha, focal, 1e-7f, losses);
                b.CategoricalFocalGradient(labels, rows, alpha, focal, 1e-7f, losses, result);
                b.SoftmaxCategoricalFocal(labels, rows, alpha, focal, losses);
                b.SoftmaxCategoricalFocalGradient(labels, rows, alpha, focal, losses, result);
            }
        }

        Tensor cube = Tensor.Ones((2, 3, 4), b), cubeBytes = cube.Cast(DType.UInt8);
        _ = cube.Transpose(2, 0, 1);
        _ = Tensor.Ones((1, 3, 4, 2), b).AffineSample(Tensor.Ones((1, 6), b));
        _ = cube.Transpose(1, 0, 2);
        _ = cube.Transpose(2, 1, 0);
        _ = cubeBytes.Transpose(1, 0, 2);
        _ = cubeBytes.Transpose(2, 0, 1);
        Tensor indices = Tensor.From(2, [2, 0], b);
        b.Gather(cube, indices, Tensor.Empty(b, (2, 2, 4)));
        b.Gather(cubeBytes, indices, Tensor.Empty(b, (2, 2, 4), DType.UInt8));
        b.ScatterAdd(Tensor.Ones((2, 2, 4), b), indices, cube);
        b.Slice(cube, 1, Tensor.Empty(b, (2, 2, 4)));
        Tensor odd = Tensor.Ones((2, 3, 5), b);
        b.Slice(odd, 1, Tensor.Empty(b, (2, 2, 5)));
        b.Gather(odd, indices, Tensor.Empty(b, (2, 2, 5)));
        b.Slice(cubeBytes, 1, Tensor.Empty(b, (2, 2, 4), DType.UInt8));
        b.OneHot(indices, Tensor.Empty(b, (2, 5)));
        Tensor pictures = Tensor.Ones((1, 7, 7, 4), b), kernel = Tensor.Ones((3, 3, 4, 6), b);
        var conv = new Conv2DGeometry(pictures.Shape, kernel.Shape, (2, 2), Padding.Same, (1, 1), 1);
        var uneven = new Conv2DGeometry((1, 8, 8, 4), kernel.Shape, (2, 2), Padding.Same, (1, 1), 1);
        b.Conv2D(Tensor.Ones((1, 8, 8, 4), b), kernel, uneven, Tensor.Empty(b, uneven.OutputShape));
        b.Conv2DBias(pictures, kernel, bias, conv, true, Tensor.Empty(b, conv.OutputShape));
        var oddChannels = new Conv2DGeometry((1, 8, 8, 5), (3, 3, 5, 6), (2, 2), Padding.Same, (1, 1), 1);
        b.Conv2D(Tensor.Ones((1, 8, 8, 5), b), Tensor.Ones((3, 3, 5, 6), b), oddChannels, Tensor.Empty(b, oddChannels.OutputShape));
        foreach ((int channelsIn, int channelsOut) in new[] { (3, 16), (3, 32), (3, 64), (8, 16), (16, 16), (16, 32), (32, 64) })
        {
            Tensor few = Tensor.Ones((1, 5, 6, channelsIn), b), weights = Tensor.Ones((3, 3, channelsIn, channelsOut), b);
            var same = new Conv2DGeometry(few.Shape, weights.Shape, (1, 1), Padding.Same, (1, 1), 1);
            Tensor output = Tensor.Empty(b, same.OutputShape);
            b.Conv2D(few, weights, same, output);
            b.Conv2DKernelGradient(few, output, same, weights);
            b.Conv2DInputGradient(output, weights, same, few);
        }

        var turned = new Conv2DGeometry((1, 5, 6, 64), (3, 3, 64, 8), (1, 1), Padding.Same, (1, 1), 1);
        b.Conv2DInputGradient(Tensor.Ones(turned.OutputShape, b), Tensor.Ones((3, 3, 64, 8), b), turned, Tensor.Empty(b, (1, 5, 6, 64)));
        foreach (int window in new[] { 2, 17 })
        {
            Tensor image = Tensor.Ones((1, 20, 20, 4), b);
            var full = new Conv2DGeometry(image.Shape, kernel.Shape, (1, 1), Padding.Same, (1, 1), 1);
            var pool = new Pool2DGeometry(full.OutputShape, (window, window), (2, 2), Padding.Valid);
            Tensor pooled = Tensor.Empty(b, pool.OutputShape), at = Tensor.Empty(b, pool.OutputShape, pool.ArgMaxType), source = Tensor.Ones(full.OutputShape, b);
            b.Conv2DBiasReluMaxPool(image, kernel, bias, full, pool, pooled, at);
            b.MaxPool2D(source, pool, pooled, at);
            b.MaxPool2DGradient(pooled, at, pool, source);
            b.AveragePool2D(source, pool, pooled);
            b.AveragePool2DGradient(pooled, pool, source);
        }

        Tensor mean = Tensor.Empty(b, 6), variance = Tensor.Empty(b, 6), dgamma = Tensor.Empty(b, 6), dbeta = Tensor.Empty(b, 6);
        b.BatchNormalization(x, row, bias, 1e-3f, relu: false, y, mean, variance);
        b.BatchNormalizationGradient(x, row, mean, variance, 1e-3f, null, y, z, dgamma, dbeta);
        b.ScaleShift(x, row, bias, relu: true, y);
        var binary = new BinaryFocalTerm(1, 4, Margin: 0.05f);
        b.BinaryFocal(x, x, binary, 1e-7f, z);
        b.BinaryFocalGradient(x, x, binary, 1e-7f, x, z);
        b.SigmoidBinaryFocal(x, x, binary, z);
        b.SigmoidBinaryFocalGradient(x, x, binary, x, z);
        b.SgdUpdate(y, x, null, new SgdStep(0.1f, 0, false));
        b.SgdUpdate(y, x, z, new SgdStep(0.1f, 0.9f, true));
        Tensor state = Tensor.Ones((4, 6), b);
        b.AdamUpdate(y, x, z, state, new AdamStep(0.1f, 0.9f, 0.999f, 1e-7f, 0));
        b.Dense(Tensor.Ones((3, 2_500), b), Tensor.Ones((2_500, 20), b), Tensor.Ones(20, b), true, Tensor.Empty(b, (3, 20)));
        b.Dense(x, Tensor.Ones((6, 2), b), Tensor.Ones(2, b), false, Tensor.Empty(b, (4, 2)));
        using (var tape = new GradientTape())
        {
            Tensor large = tape.Watch(Tensor.Ones((300, 256), b));
            Tensor gradient = tape.Gradient(Tensor.Ones((2, 300), b).Dense(large, Tensor.Zeros(256, b)).Sum(), large);
            b.AdamUpdate(large, gradient, Tensor.Zeros((300, 256), b), Tensor.Zeros((300, 256), b), new AdamStep(0.1f, 0.9f, 0.999f, 1e-7f, 0));
        }

        b.RmspropUpdate(y, x, state, null, new RmspropStep(0.1f, 0.9f, 0, 1e-7f));
        b.RmspropUpdate(y, x, state, z, new RmspropStep(0.1f, 0.9f, 0.5f, 1e-7f));
        b.LionUpdate(y, x, z, new LionStep(0.1f, 0.9f, 0.99f, 0));
        b.Dropout(x, 0.5f, new RandomKey(1, 3), y);
        _ = bytes.ToArray();
        b.Synchronize();
    }

    private static string KernelFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string kernels = Path.Combine(folder.FullName, "kernels");
            if (File.Exists(Path.Combine(kernels, "build.sh")))
                return kernels;
        }

        throw new DirectoryNotFoundException("no folder above the tests holds the kernels");
    }
}
