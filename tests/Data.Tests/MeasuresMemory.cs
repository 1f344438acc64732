namespace Numerics.Data.Tests;

/// <summary>Tests that look at what the whole process allocates, beside which no other may run.</summary>
[CollectionDefinition(nameof(MeasuresMemory), DisableParallelization = true)]
public sealed class MeasuresMemory;
