namespace Numerics.Tests.Conformance;

/// <summary>Tests that set <see cref="Tensors.Backend.Default"/> run one after the other, and with nothing beside them.</summary>
[CollectionDefinition(nameof(UsesDefaultBackend), DisableParallelization = true)]
public sealed class UsesDefaultBackend;
