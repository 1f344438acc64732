namespace Numerics.Backends.Cpu.Tests;

/// <summary>How the environment variable sets the number of threads.</summary>
public sealed class ThreadsVariableTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("3", 3)]
    public void A_number_is_the_number_of_threads(string text, int threads) => WithVariable(text, () =>
    {
        using var backend = new CpuBackend();
        Assert.Equal(threads, backend.Threads);
        Assert.Contains($"{threads} thread{(threads == 1 ? "" : "s")},", backend.Description, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Nothing_means_a_thread_for_each_processor(string? text) => WithVariable(text, () =>
    {
        using var backend = new CpuBackend();
        Assert.Equal(Environment.ProcessorCount, backend.Threads);
    });

    [Theory]
    [InlineData("0")]
    [InlineData("-2")]
    [InlineData("two")]
    [InlineData("1.5")]
    [InlineData("99999999999")]
    public void Anything_else_is_an_error_that_names_the_variable_and_the_text(string text) => WithVariable(text, () =>
    {
        var error = Assert.Throws<ArgumentException>(() => new CpuBackend());
        Assert.Contains(CpuBackend.ThreadsVariable, error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
    });

    private static void WithVariable(string? text, Action test)
    {
        string? before = Environment.GetEnvironmentVariable(CpuBackend.ThreadsVariable);
        try
        {
            Environment.SetEnvironmentVariable(CpuBackend.ThreadsVariable, text);
            test();
        }
        finally
        {
            Environment.SetEnvironmentVariable(CpuBackend.ThreadsVariable, before);
        }
    }
}
