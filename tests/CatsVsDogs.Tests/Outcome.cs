namespace Numerics.CatsVsDogs.Tests;

/// <summary>What came of a run of the program.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Out">What it wrote.</param>
/// <param name="Error">What it wrote to the error stream.</param>
internal sealed record Outcome(int Code, string Out, string Error)
{
    /// <summary>Checks that the run failed as a run should: the code, a message that names all of these, and no stack trace.</summary>
    public void AssertFailed(int code, params ReadOnlySpan<string> named)
    {
        Assert.True(Code == code, $"exit code {Code} instead of {code}; output: {Out}; errors: {Error}");
        Assert.StartsWith("error: ", Error, StringComparison.Ordinal);
        foreach (string name in named)
            Assert.Contains(name, Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error + Out, StringComparison.Ordinal);
        Assert.DoesNotContain("should not have happened", Error, StringComparison.Ordinal);
    }

    /// <summary>Checks that the run ended well and complained of nothing.</summary>
    public void AssertSucceeded()
    {
        Assert.True(Code == 0, $"exit code {Code}; output: {Out}; errors: {Error}");
        Assert.Equal("", Error);
    }
}
