namespace Numerics.Tensors;

/// <summary>A place in the sequence of the epochs of a data source, such as a checkpoint holds.</summary>
/// <param name="Epoch">The number of the epoch, from 0.</param>
/// <param name="Items">How many of its items have been taken.</param>
public readonly record struct DataPosition(long Epoch, long Items);
