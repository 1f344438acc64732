namespace Numerics.Backends.Cuda;

/// <summary>How a CUDA backend computes.</summary>
/// <param name="Precision">The arithmetic of matrix products and convolutions; sums are Float32 in each.</param>
/// <param name="Deterministic">
/// Whether convolutions use only algorithms that give the same bits every time, chosen by cuDNN's heuristics. When false, the
/// fastest is measured for each new shape.
/// </param>
public sealed record CudaOptions(CudaPrecision Precision = CudaPrecision.Float32, bool Deterministic = true);
