using System.Runtime.InteropServices;
using Numerics.Backends.Cpu;
using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <summary>The CPU backend gives the same bits for any number of threads.</summary>
[Collection(nameof(UsesDefaultBackend))]
public sealed class ThreadIndependence
{
    private static readonly ulong s_seed = (ulong)Random.Shared.NextInt64();

    public static TheoryData<string> Ops => [.. s_ops.Keys];

    private static readonly Dictionary<string, Func<Inputs, Tensor>> s_ops = new()
    {
        ["add"] = i => i.Normal(300, 301) + i.Normal(301),
        ["exp"] = i => i.Normal(100_003).Exp(),
        ["sum of all"] = i => i.Normal(1_000_003).Sum(),
        ["sum of columns"] = i => i.Normal(20_011, 17).Sum(0),
        ["sum of rows"] = i => i.Normal(17, 20_011).Sum(1),
        ["mean of the middle"] = i => i.Normal(5, 3_001, 7).Mean(1),
        ["matmul"] = i => i.Normal(203, 1_307).MatMul(i.Normal(1_307, 119)),
        ["matmul, transposed"] = i => i.Normal(1_307, 203).MatMul(i.Normal(119, 1_307), true, true),
        ["dense, wide"] = i => i.Normal(32, 5_003).Dense(i.Normal(5_003, 64), i.Normal(64), relu: true),
        ["dense, one row"] = i => i.Normal(1, 5_003).Dense(i.Normal(5_003, 64), i.Normal(64)),
        ["softmax"] = i => i.Normal(3_001, 10).Softmax(),
        ["conv2d"] = i => i.Normal(5, 33, 31, 7).Conv2D(i.Normal(3, 3, 7, 18), i.Normal(18), padding: Padding.Same, relu: true),
        ["conv2d, strided"] = i => i.Normal(5, 33, 31, 8).Conv2D(i.Normal(5, 5, 4, 16), strides: (2, 2), groups: 2),
        ["conv2d, 1x1"] = i => i.Normal(5, 33, 31, 40).Conv2D(i.Normal(1, 1, 40, 50), i.Normal(50)),
        ["conv2d, 1x1 of few pixels, strided"] = i => i.Normal(2, 13, 15, 40).Conv2D(i.Normal(1, 1, 40, 130), strides: (2, 2)),
        ["conv2d, depthwise"] = i => i.Normal(3, 33, 31, 16).Conv2D(i.Normal(3, 3, 1, 16), groups: 16),
        ["conv2d, depthwise and strided"] = i => i.Normal(3, 33, 31, 20).Conv2D(i.Normal(3, 3, 1, 20), strides: (2, 2), padding: Padding.Same, groups: 20),
        ["conv2d, depthwise 5x5"] = i => i.Normal(3, 33, 31, 20).Conv2D(i.Normal(5, 5, 1, 20), padding: Padding.Same, groups: 20),
        ["conv2d, few pixels"] = i => i.Normal(1, 7, 7, 130).Conv2D(i.Normal(3, 3, 130, 37), i.Normal(37), padding: Padding.Same),
        ["conv2d relu maxpool"] = i => i.Normal(9, 33, 31, 16).Conv2DReluMaxPool(
            i.Normal(3, 3, 16, 32), i.Normal(32), (1, 1), Padding.Valid, (1, 1), 1, (2, 2), (2, 2), Padding.Valid),
        ["conv2d of bytes"] = i => i.Bytes(DType.UNorm8, (5, 33, 31, 3)).Conv2D(i.Normal(5, 5, 3, 18), i.Normal(18), (2, 2), Padding.Same, relu: true),
        ["conv2d relu maxpool of bytes"] = i => i.Bytes(DType.UNorm8, (9, 33, 31, 3)).Conv2DReluMaxPool(
            i.Normal(3, 3, 3, 16), i.Normal(16), (1, 1), Padding.Same, (1, 1), 1, (2, 2), (2, 2), Padding.Valid),
        ["max pool"] = i => i.Normal(9, 33, 31, 16).MaxPool2D((3, 3), (2, 2)),
        ["batch normalisation, ReLU"] = i => i.Normal(20_011, 17).BatchNormalization(i.Normal(17), i.Normal(17), 1e-3f, relu: true).Y,
        ["batch normalisation"] = i => i.Normal(20_011, 17).BatchNormalization(i.Normal(17), i.Normal(17), 1e-3f).Y,
        ["focal of logits"] = i => i.Normal(5_001, 5).SoftmaxCategoricalFocal(i.Labels(5_001, 5, soft: true), Tensor.Full(1, 0.25f, i.Backend), new FocalTerm(2)),
        ["focal of many soft labels"] = i => i.Normal(701, 103).SoftmaxCategoricalFocal(i.Labels(701, 103, soft: true), Tensor.Full(1, 0.25f, i.Backend), new FocalTerm(2)),
        ["focal of yes or no"] = i => i.Normal(50_001).SigmoidBinaryFocal(i.Uniform(0, 1, 50_001), new BinaryFocalTerm(1, 4, Margin: 0.05f)),
        ["dropout"] = i => i.Normal(100_003).Dropout(0.5f, new RandomKey(1, 2)),
    };

    [Theory]
    [MemberData(nameof(Ops))]
    public void Values_and_gradients_of_ops(string op)
    {
        List<float[]> single = Run(1, s_ops[op]);
        foreach (int threads in new[] { 2, 3, 8 })
        {
            List<float[]> several = Run(threads, s_ops[op]);
            for (int part = 0; part < single.Count; part++)
                Assert.True(SameBits(single[part], several[part]), $"{op}, part {part}: {threads} threads differ from 1 (seed {s_seed})");
        }
    }

    [Fact]
    public void A_whole_training()
    {
        float[] Weights(int threads)
        {
            using var backend = new CpuBackend(threads);
            return TinyNetwork.Train(backend, steps: 5);
        }

        float[] single = Weights(1);
        foreach (int threads in new[] { 2, 3, 8 })
            Assert.True(SameBits(single, Weights(threads)), $"{threads} threads differ from 1");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_whole_training_in_guarded_memory(bool atEnd)
    {
        using CpuBackend plain = new(1), guarded = new(3, GuardedMemory.Create(atEnd));
        Assert.True(SameBits(TinyNetwork.Train(plain, steps: 5), TinyNetwork.Train(guarded, steps: 5)));
    }

    [Fact]
    public void The_same_training_twice()
    {
        using var backend = new CpuBackend(2);
        Assert.True(SameBits(TinyNetwork.Train(backend, steps: 3), TinyNetwork.Train(backend, steps: 3)));
    }

    private static List<float[]> Run(int threads, Func<Inputs, Tensor> op)
    {
        using var backend = new CpuBackend(threads);
        using var tape = new GradientTape();
        var inputs = new Inputs(backend, s_seed, tape);
        Tensor y = op(inputs);
        Tensor cotangent = Tensor.RandomNormal(y.Shape, key: new RandomKey(s_seed, 1000), backend: backend);
        return [y.ToArray(), .. tape.Gradient((y * cotangent).Sum(), inputs.Made).Select(gradient => gradient.ToArray())];
    }

    private static bool SameBits(float[] a, float[] b) =>
        MemoryMarshal.AsBytes(a.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(b.AsSpan()));
}
