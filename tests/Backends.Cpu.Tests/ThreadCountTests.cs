using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu.Tests;

/// <summary>The same bits for any number of threads, over shapes that take every way through the kernels.</summary>
public sealed class ThreadCountTests
{
    public static TheoryData<int, int, int> ReducedShapes => new()
    {
        { 1, 1_000_003, 1 }, { 1, 200_001, 16 }, { 1, 40_000, 64 }, { 1, 100_000, 3 }, { 3, 70_001, 5 }, { 2, 300, 1500 }, { 5000, 100, 1 }, { 7, 129, 100 },
    };

    [Theory]
    [MemberData(nameof(ReducedShapes))]
    public void Reductions_do_not_depend_on_the_number_of_threads(int outer, int n, int inner) => Same(backend =>
    {
        Tensor x = Tensor.RandomUniform([outer, n, inner], -1, 2, new RandomKey(5, 6), backend);
        return Tensor.Concat([x.Sum(1), x.Mean(1), x.Max(1), x.Min(1), x.ArgMax(1).Cast(DType.Float32)]);
    });

    [Fact]
    public void Softmax_and_losses_do_not_depend_on_the_number_of_threads() => Same(backend =>
    {
        Tensor x = Tensor.RandomNormal([3001, 37], 0, 5, new RandomKey(1, 2), backend);
        Tensor target = Tensor.OneHot(x.ArgMax(), 37), alpha = Tensor.Full(1, 0.25f, backend);
        using var tape = new GradientTape();
        Tensor z = tape.Watch(x.StopGradient());
        Tensor loss = z.SoftmaxCategoricalFocal(target, alpha, new FocalTerm(2)).Mean() + z.Softmax().CategoricalFocal(target, alpha, new FocalTerm(2)).Mean() + z.LogSoftmax().Mean();
        return tape.Gradient(loss, z).Keep();
    });

    [Fact]
    public void Batch_normalisation_does_not_depend_on_the_number_of_threads() => Same(backend =>
    {
        Tensor x = Tensor.RandomNormal([20_011, 24], 3, 2, new RandomKey(1, 9), backend);
        using var tape = new GradientTape();
        Tensor watched = tape.Watch(x.StopGradient()), gamma = tape.Watch(Tensor.Full(24, 1.5f, backend));
        (Tensor y, Tensor mean, Tensor variance) = watched.BatchNormalization(gamma, Tensor.Zeros(24, backend), 1e-3f);
        Tensor loss = (y * y * y).Sum();
        Tensor dx = tape.Gradient(loss, watched);
        return Tensor.Concat([dx, mean.Reshape([1, 24]), variance.Reshape([1, 24])]).Keep();
    });

    [Fact]
    public void Random_streams_do_not_depend_on_the_number_of_threads() => Same(backend =>
    {
        Tensor uniform = Tensor.RandomUniform(100_003, -1, 1, new RandomKey(8, 1), backend);
        Tensor normal = Tensor.RandomNormal(100_003, 0, 1, new RandomKey(8, 2), backend);
        return Tensor.Concat([uniform, normal, uniform.Dropout(0.4f, new RandomKey(8, 3))]);
    });

    [Fact]
    public void The_stream_is_Philox_whatever_the_length_and_where_the_counter_wraps()
    {
        using var backend = new CpuBackend(2);
        foreach (int count in new[] { 1, 31, 32, 33, 1000, 16_385 })
        {
            float[] values = new float[count];
            foreach (long start in new[] { 0L, 4L * (uint.MaxValue - 2L) })
            {
                var key = new RandomKey(0x9E3779B97F4A7C15, 0xF39CC0605CEDC834);
                unsafe
                {
                    fixed (float* pointer = values)
                        PhiloxVectors.FillUniform(key, start, pointer, count);
                }

                float[] expected = new float[count];
                Philox.FillUniform(key, start, expected);
                Assert.Equal(expected, values);
                unsafe
                {
                    fixed (float* pointer = values)
                        PhiloxVectors.FillNormal(key, start, pointer, count);
                }

                // Vectors of doubles may round a function otherwise than the runtime's scalars: a float next to it at most.
                Philox.FillNormal(key, start, expected);
                for (int i = 0; i < count; i++)
                    Assert.InRange(values[i], MathF.BitDecrement(expected[i]), MathF.BitIncrement(expected[i]));
            }
        }
    }

    private static void Same(Func<CpuBackend, Tensor> compute)
    {
        byte[]? expected = null;
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using var backend = new CpuBackend(threads);
            using var scope = new TensorScope();
            byte[] bits = MemoryMarshal.AsBytes<float>(compute(backend).ToArray()).ToArray();
            expected ??= bits;
            Assert.True(expected.AsSpan().SequenceEqual(bits), $"{threads} threads give other bits");
        }
    }
}
