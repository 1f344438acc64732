namespace Numerics.CatsVsDogs.Tests;

/// <summary>Arguments that make no sense: exit code 2 and a message that names the argument.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("--epochs", "0")]
    [InlineData("--epochs", "many")]
    [InlineData("--epochs", "1.5")]
    [InlineData("--batch-size", "0")]
    [InlineData("--batch-size", "-32")]
    [InlineData("--learning-rate", "0")]
    [InlineData("--learning-rate", "fast")]
    [InlineData("--learning-rate", "NaN")]
    [InlineData("--alpha", "-0.25")]
    [InlineData("--gamma", "-2")]
    [InlineData("--gamma", "Infinity")]
    [InlineData("--l1", "-1")]
    [InlineData("--l2", "x")]
    [InlineData("--seed", "-1")]
    [InlineData("--shuffle", "0")]
    [InlineData("--validation-split", "1")]
    [InlineData("--validation-split", "-0.1")]
    [InlineData("--limit", "0")]
    [InlineData("--threads", "0")]
    public void A_bad_number_is_named(string option, string value) =>
        Catsvsdogs.Run("train", "--data", "pictures", option, value).AssertFailed(2, option, $"'{value}'");

    [Theory]
    [InlineData("")]
    [InlineData("fly")]
    [InlineData("train --wings 2")]
    [InlineData("train --epochs")]
    [InlineData("train pictures")]
    [InlineData("train --data a --drawings b")]
    [InlineData("train --validation-data a")]
    [InlineData("train --data a --validation-data b --validation-split 0.5")]
    [InlineData("train --validation-split 0.5")]
    [InlineData("train --policy tfds")]
    [InlineData("train --data a --policy all")]
    [InlineData("data --data a --policy strict")]
    [InlineData("train --dropout 1")]
    [InlineData("train --jit-compile --augment")]
    [InlineData("train --device gpu")]
    [InlineData("bench --device cuda:first")]
    [InlineData("train --precision bfloat16")]
    [InlineData("train --device cuda --precision half")]
    [InlineData("bench --device cuda --threads 2")]
    [InlineData("evaluate")]
    [InlineData("evaluate --weights a")]
    [InlineData("evaluate --data a")]
    [InlineData("predict --weights a")]
    [InlineData("info more")]
    public void Arguments_that_do_not_fit_are_refused(string arguments) =>
        Catsvsdogs.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)).AssertFailed(2, "--help");

    [Theory]
    [InlineData("train", "--data", "")]
    [InlineData("train", "--output", "")]
    [InlineData("train", "--drawings", "")]
    [InlineData("evaluate", "--data", "a", "--weights", "")]
    [InlineData("predict", "--weights", "a", "")]
    public void An_empty_path_is_refused(params string[] args) => Catsvsdogs.Run(args).AssertFailed(2, "expected a path");

    [Theory]
    [InlineData("--help", "predict")]
    [InlineData("train --help", "--learning-rate")]
    [InlineData("evaluate --help", "--weights")]
    [InlineData("predict --help", "--weights")]
    [InlineData("info", "backend    cpu")]
    public void Questions_are_answered(string arguments, string expected)
    {
        Outcome outcome = Catsvsdogs.Run(arguments.Split(' '));
        outcome.AssertSucceeded();
        Assert.Contains(expected, outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shell_sees_the_version_and_the_code_of_wrong_usage()
    {
        Outcome version = Catsvsdogs.RunProcess("--version");
        version.AssertSucceeded();
        Assert.StartsWith("0.1.0", version.Out, StringComparison.Ordinal);
        Catsvsdogs.RunProcess("train", "--epochs", "0").AssertFailed(2, "--epochs", "--help");
    }
}
