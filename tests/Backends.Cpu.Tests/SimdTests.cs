namespace Numerics.Backends.Cpu.Tests;

/// <summary>How the environment variable limits the vectors. The decision falls once a process, so what it would be is asked.</summary>
public sealed class SimdTests
{
    [Theory]
    [InlineData("avx512", SimdLevel.Avx512)]
    [InlineData("avx2", SimdLevel.Avx2)]
    [InlineData("vector128", SimdLevel.Vector128)]
    [InlineData("scalar", SimdLevel.Scalar)]
    [InlineData(" AVX2 ", SimdLevel.Avx2)]
    internal void A_name_is_the_level(string text, SimdLevel level) => Assert.Equal((level, null), Simd.Choose(text, SimdLevel.Avx512));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Nothing_means_the_best_that_is_there(string? text)
    {
        foreach (SimdLevel available in Enum.GetValues<SimdLevel>())
            Assert.Equal((available, null), Simd.Choose(text, available));
    }

    [Theory]
    [InlineData("avx")]
    [InlineData("512")]
    [InlineData("3")]
    [InlineData("avx512,avx2")]
    public void Anything_else_is_an_error_that_names_the_variable_the_text_and_the_levels(string text)
    {
        string? error = Simd.Choose(text, SimdLevel.Avx2).Error;
        Assert.Equal($"NUMERICS_SIMD: expected avx512, avx2, vector128, scalar, got '{text}'", error);
    }

    [Theory]
    [InlineData("avx512", SimdLevel.Avx2, "avx2, vector128, scalar")]
    [InlineData("avx2", SimdLevel.Vector128, "vector128, scalar")]
    [InlineData("vector128", SimdLevel.Scalar, "scalar")]
    internal void What_the_machine_lacks_is_an_error_that_says_what_it_has(string text, SimdLevel available, string levels)
    {
        string? error = Simd.Choose(text, available).Error;
        Assert.Equal($"NUMERICS_SIMD: {text} asked for, but machine and runtime have {levels} only", error);
    }

    [Fact]
    public void The_description_names_the_level()
    {
        using var backend = new CpuBackend(1);
        string? asked = Environment.GetEnvironmentVariable(CpuBackend.SimdVariable);
        string level = string.IsNullOrWhiteSpace(asked) ? Simd.Name(Simd.Available) : asked.Trim().ToLowerInvariant();
        Assert.EndsWith($", {level}", backend.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Widths_follow_the_level()
    {
        Assert.True(Simd.Level <= Simd.Available);
        (int bits, int width) = Simd.Level switch
        {
            SimdLevel.Avx512 => (512, 32),
            SimdLevel.Avx2 => (256, 16),
            SimdLevel.Vector128 => (128, 8),
            _ => (0, 2),
        };
        Assert.Equal(bits, CpuBackend.VectorBits);
        Assert.Equal(width, TileRows.MaxWidth);
    }
}
