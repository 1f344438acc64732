namespace Numerics.Nn.Tests;

/// <summary>Tests that seed the process's random generator run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SeededTests
{
    public const string Name = "default random generator";
}
