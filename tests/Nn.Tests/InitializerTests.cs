using Numerics.Tensors;

namespace Numerics.Nn.Tests;

public sealed class InitializerTests
{
    public static TheoryData<string, double, double> Scalings => new()
    {
        // Of a kernel [3, 5, 20, 30]: fan in 300, fan out 450. The variance, and the greatest value for uniform distributions.
        { "GlorotUniform", 2.0 / 750, Math.Sqrt(6.0 / 750) },
        { "GlorotNormal", 2.0 / 750, 0 },
        { "HeUniform", 2.0 / 300, Math.Sqrt(6.0 / 300) },
        { "HeNormal", 2.0 / 300, 0 },
        { "LecunUniform", 1.0 / 300, Math.Sqrt(3.0 / 300) },
        { "LecunNormal", 1.0 / 300, 0 },
    };

    [Theory]
    [MemberData(nameof(Scalings))]
    public void The_variance_follows_from_the_fans(string name, double variance, double limit)
    {
        using var scope = new TensorScope();
        ulong seed = (ulong)Random.Shared.NextInt64();
        Initializer initializer = name switch
        {
            "GlorotUniform" => new GlorotUniform(seed),
            "GlorotNormal" => new GlorotNormal(seed),
            "HeUniform" => new HeUniform(seed),
            "HeNormal" => new HeNormal(seed),
            "LecunUniform" => new LecunUniform(seed),
            _ => new LecunNormal(seed),
        };
        float[] values = initializer.Call((3, 5, 20, 30)).ToArray();
        double most = limit > 0 ? limit : 2 * Math.Sqrt(variance) / 0.87962566;
        Assert.InRange(values.Average(value => (double)value * value) / variance, 0.95, 1.05);
        Assert.InRange(Math.Abs(values.Average()) / Math.Sqrt(variance), 0, 0.06);
        Assert.InRange(values.Max(Math.Abs) / most, 0.97, 1.0001);
    }

    [Fact]
    public void Truncated_normal_values_stay_within_two_deviations()
    {
        using var scope = new TensorScope();
        float[] values = new TruncatedNormal(1, 0.5f, seed: 4).Call((50, 401)).ToArray();
        Assert.All(values, value => Assert.InRange(value, 0f, 2f));
        Assert.InRange(values.Average(), 0.98f, 1.02f);
        Assert.InRange(Math.Sqrt(values.Average(value => (value - 1.0) * (value - 1.0))) / 0.5, 0.86, 0.90);
    }

    [Fact]
    public void Plain_distributions_have_their_moments()
    {
        using var scope = new TensorScope();
        float[] normal = new RandomNormal(2, 0.5f, seed: 9).Call((100, 100)).ToArray(), uniform = new RandomUniform(1, 3, seed: 9).Call((100, 100)).ToArray();
        Assert.InRange(normal.Average(), 1.98f, 2.02f);
        Assert.InRange(normal.Average(value => (value - 2) * (value - 2)), 0.24f, 0.26f);
        Assert.All(uniform, value => Assert.InRange(value, 1f, 3f));
        Assert.InRange(uniform.Average(), 1.97f, 2.03f);
        Assert.All(new Constant(7).Call(5).ToArray(), value => Assert.Equal(7, value));
        Assert.All(new Ones().Call(5).ToArray(), value => Assert.Equal(1, value));
        Assert.All(new Zeros().Call(5).ToArray(), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(6, 6)]
    [InlineData(20, 7)]
    [InlineData(7, 20)]
    public void Orthogonal_kernels_are_orthogonal(int rows, int columns)
    {
        using var scope = new TensorScope();
        Tensor kernel = new Orthogonal(gain: 3, seed: 1).Call((1, 1, rows, columns)).Reshape((rows, columns));
        Tensor product = rows < columns ? kernel.MatMul(kernel, transposeB: true) : kernel.MatMul(kernel, transposeA: true);
        int n = Math.Min(rows, columns);
        float[] values = product.ToArray();
        for (int i = 0; i < values.Length; i++)
            Assert.Equal(i / n == i % n ? 9f : 0f, values[i], 1e-5f);
    }

    [Fact]
    public void A_seed_gives_the_same_values_every_time()
    {
        using var scope = new TensorScope();
        foreach (Func<ulong?, Initializer> create in new Func<ulong?, Initializer>[]
        {
            seed => new GlorotUniform(seed), seed => new HeNormal(seed), seed => new RandomNormal(seed: seed), seed => new Orthogonal(seed: seed),
        })
        {
            Initializer seeded = create(5), free = create(null);
            float[] first = seeded.Call((9, 11)).ToArray();
            Assert.Equal(first, seeded.Call((9, 11)).ToArray());
            Assert.Equal(first, create(5).Call((9, 11)).ToArray());
            Assert.NotEqual(first, create(6).Call((9, 11)).ToArray());
            Assert.NotEqual(free.Call((9, 11)).ToArray(), free.Call((9, 11)).ToArray());
        }
    }
}
