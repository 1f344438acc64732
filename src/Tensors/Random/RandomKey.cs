namespace Numerics.Tensors;

/// <summary>Names one stream of random numbers: the same key gives the same numbers on every machine and backend.</summary>
/// <param name="Seed">What the user chose.</param>
/// <param name="Stream">Which of the seed's streams; every draw takes a fresh one.</param>
public readonly record struct RandomKey(ulong Seed, ulong Stream);
