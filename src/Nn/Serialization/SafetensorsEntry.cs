using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>One tensor as the header describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DType">Its type.</param>
/// <param name="Shape">Its extents.</param>
/// <param name="Begin">Its first byte, counted from the end of the header.</param>
/// <param name="End">The byte behind its last.</param>
internal sealed record SafetensorsEntry(string Name, DType DType, Shape Shape, long Begin, long End);
